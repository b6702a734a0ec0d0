import { afterEach, beforeEach, expect, it } from "vitest";
import { readScript } from "../../../lib/node/scripts.ts";
import { ScriptedNode } from "../../support/scripted-node.ts";

let node: ScriptedNode;
beforeEach(() => {
  node = new ScriptedNode();
  node.write("etc/os-release", "ID=debian\n");
});
afterEach(() => node.remove());

/** Stub: a sleep takes no time, but as far as scripts see it takes its seconds. */
const sleep = "sleep() { SECONDS=$((SECONDS + $1)); }";
const run = (call: string, stubs = "") =>
  node.run(`${readScript("common.sh")}\n${readScript("packages.sh")}`, call, {}, `${sleep}\n${stubs}`);

/** Stub of an apt-get that finds a lock held as often as it is said. */
const locked = (times: number, message: string) => `apt-get() {
  record apt-get "\${@: -1}"
  (($(grep --count '^apt-get' '${node.folder}/calls') > ${times})) && echo done && return
  printf '%s\\n' "Reading package lists..." "${message}" "E: Unable to lock directory /var/lib/apt/lists/" >&2
  return 100
}`;
const LISTS = "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 812 (apt-get)";

it.each([
  ["apt", LISTS],
  ["dpkg", "dpkg: error: dpkg frontend lock was locked by another process with pid 812"],
])("waits for a lock of %s, says who holds it every half minute, and goes on", (_, message) => {
  const { code, stderr } = run("run 'update packages' apt update", locked(9, message));
  expect([code, stderr.replaceAll(/\(\d+ s\)/g, "(N s)").split("\n")]).toEqual([
    0,
    [
      `web-1: waits for another program that installs packages: ${message.replace("E: ", "")}`,
      `web-1: waits for another program that installs packages: ${message.replace("E: ", "")}`,
      "web-1: update packages (N s)",
      "",
    ],
  ]);
  expect(node.calls).toHaveLength(10);
});

it("gives up a lock that nobody releases, and names its holder", () => {
  const { code, stderr } = run("run 'update packages' apt update", locked(1000, LISTS));
  expect(code).toBe(1);
  expect(stderr).toContain(
    "web-1: failed: another program installs packages and does not end: Could not get lock /var/lib/apt/lists/lock. " +
      "It is held by process 812 (apt-get). Look at it there, then run this again\n",
  );
});

it("does not retry another failure, and shows it", () => {
  const broken = 'apt-get() { record apt-get; echo "E: Unable to locate package containerd" >&2; return 100; }';
  expect(run("run 'install' apt install containerd", broken)).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      /^E: Unable to locate package containerd\nweb-1: failed: install, after \d s; its last lines are above\n$/,
    ),
  });
  expect(node.calls).toEqual(["apt-get"]);
});

it("completes an interrupted installation first, also when dpkg alone cannot", () => {
  const broken = 'dpkg() { record dpkg "$@"; echo "dpkg: error processing package tzdata" >&2; return 1; }';
  expect(run("run 'install' install_packages containerd", broken)).toMatchObject({
    code: 0,
    stderr: expect.stringContaining("web-1: repairs an interrupted installation of packages\n"),
  });
  expect(node.calls.map((call) => call.replace(/--quiet.*confold /, ""))).toEqual([
    "dpkg --configure --pending --force-confdef --force-confold",
    "apt-get update",
    "apt-get install --fix-broken --yes",
    "apt-get install --yes containerd",
  ]);
});

it("holds nothing where there is no apt", () => {
  const none = 'command() { [[ $* != "-v apt-mark" ]] && builtin command "$@"; }';
  expect(run("run 'hold' hold_packages containerd", none)).toMatchObject({ code: 0 });
  expect(node.calls).toEqual([]);
});
