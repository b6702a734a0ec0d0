import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { scriptFromInput } from "../../../lib/node/shell.ts";
import { createSshKey } from "../../../lib/ssh/key.ts";
import { fanOut, type Host, type Order, type Work } from "../../support/fan-out.ts";
import { freePort } from "../../support/free-port.ts";
import { SshServer } from "../../support/ssh-server.ts";

// Dozens of logins, each of which is slow on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const root = mkdtempSync(join(tmpdir(), "rolling-"));
const { privateKey, publicKey } = createSshKey("test");
let server: SshServer;
let folder: string;
let temporary: string;

beforeAll(async () => {
  server = await SshServer.start({ folder: join(root, "server"), address: "127.0.0.1", port: await freePort(), publicKey });
});
afterAll(async () => {
  await server.stop();
  rmSync(root, { recursive: true });
});
beforeEach(() => {
  folder = mkdtempSync(join(root, "test-"));
  temporary = join(folder, "temporary");
  mkdirSync(temporary);
});
afterEach(() => expect(readdirSync(temporary)).toEqual([]));

const host = (key: number): Host => ({ name: `web-${key}`, id: `id-${key}`, address: server.address, hostKey: server.hostKey });
const controlPlane = () => ({ ...host(9), name: "cp-0" });

/** Writes a line of what happened. All machines share the folder, because they are one machine. */
const note = (what: string) => `echo "${what}" >>${folder}/notes; `;
const notes = () => (existsSync(`${folder}/notes`) ? readFileSync(`${folder}/notes`, "utf8").trimEnd().split("\n") : []);

function work(script: string, deadline = 20): Work {
  return { command: scriptFromInput("root", deadline), script, input: "", deadline };
}

/** Gives the first of the candidates a place, one at a time. */
const BEGIN = () =>
  `mkdir ${folder}/lock-$(head -n 1 <<<"$CANDIDATES" | cut -d ' ' -f 1) 2>/dev/null || exit 0; ` +
  `first=$(head -n 1 <<<"$CANDIDATES" | cut -d ' ' -f 1); ${note("begin $first on $NODE_NAME")} echo "place $first"`;
const END = () => note("end $CHANGED_NODE on $NODE_NAME$CHANGE_FAILED");

/** Prints the digest that a machine has noted. */
const LAST = () => `cat ${folder}/last-$NODE_NAME 2>/dev/null || true`;

interface Scripts {
  own?: string;
  admit?: string;
  begin?: string;
  end?: string;
  last?: string;
}

function order(
  keys: number[],
  { own = note("change $NODE_NAME"), admit = ":", begin = BEGIN(), end = END(), last = LAST() }: Scripts = {},
  parallel = 1,
): Order {
  return {
    ssh: { user: "root", port: server.port, privateKey },
    hosts: keys.map(host),
    ...work(own),
    beforehand: { hosts: [controlPlane()], ...work(admit), patience: 0 },
    rolling: { parallel, begin: work(begin), end: work(end), last: { ...work(last), patience: 5 } },
  };
}

const run = (given: Order, before = "") => fanOut(given, { temporary, before });
const names = (lines: { name: string }[]) => lines.map(({ name }) => name);

it("changes nodes one after another: each begins on a control plane, runs its script, and ends there", async () => {
  const result = await run(order([0, 1, 2]));
  expect([result.code, names(result.lines)]).toEqual([0, ["web-0", "web-1", "web-2"]]);
  expect(notes()).toEqual([0, 1, 2].flatMap((key) => [`begin web-${key} on cp-0`, `change web-${key}`, `end web-${key} on cp-0`]));
  expect(new Set(result.lines.map(({ digest }) => digest)).size).toBe(1);
  const again = await run(order([0, 1, 2]), result.stdout);
  expect([again.code, again.lines, notes().length]).toEqual([0, result.lines, 9]);
});

it("gives `begin` the name, machine and digest of each node that waits, and the run of Pulumi, the same for all", async () => {
  const asked = `echo "$CANDIDATES" >>${folder}/candidates; echo "$RUN" >>${folder}/runs; `;
  const result = await run(order([0, 1], { begin: asked + BEGIN() }));
  const [digest = ""] = result.lines.map((line) => line.digest?.slice(0, 16));
  expect(digest).toMatch(/^[0-9a-f]{16}$/);
  expect(readFileSync(join(folder, "candidates"), "utf8")).toBe(`web-0 id-0 ${digest}\nweb-1 id-1 ${digest}\nweb-1 id-1 ${digest}\n`);
  const runs = readFileSync(join(folder, "runs"), "utf8").trimEnd().split("\n");
  expect(new Set(runs).size).toBe(1);
  const [, started = "", parent = ""] = /^(\d+) (\d+)-\d+$/.exec(runs[0]!) ?? [];
  expect(Number(parent)).toBe(process.pid);
  expect(Math.abs(Date.now() / 1000 - process.uptime() - Number(started))).toBeLessThan(10);
});

it("runs new machines all at once, without the steps of nodes: they get a credential", async () => {
  const gift = (name: string) => `printf '%s %s\\n' ${name} "$(printf 'KEY=%s\\n' given | base64 --wrap 0)"; `;
  const together = `${note("change $NODE_NAME")} while [ "$(grep -c 'change web-[12]' ${folder}/notes)" -lt 2 ]; do sleep 0.1; done`;
  const own = `if [[ \${KEY:-} == given ]]; then ${together}; else ${note("change $NODE_NAME")} fi`;
  const result = await run(order([0, 1, 2], { admit: gift("web-1") + gift("web-2"), own }));
  expect(result.code).toBe(0);
  expect(notes().sort()).toEqual(["begin web-0 on cp-0", "change web-0", "change web-1", "change web-2", "end web-0 on cp-0"]);
});

it("does nothing for nodes that an earlier run has changed already", async () => {
  const begin = `echo "done web-1"; ${BEGIN()}`;
  const result = await run(order([0, 1, 2], { begin }));
  expect([result.code, names(result.lines)]).toEqual([0, ["web-0", "web-1", "web-2"]]);
  expect(notes().filter((each) => each.includes("web-1"))).toEqual([]);
});

it("changes several at a time where that is allowed", async () => {
  const own = `${note("change $NODE_NAME")} while [ "$(grep -c change ${folder}/notes)" -lt 2 ]; do sleep 0.1; done`;
  const pick = `for name in $(cut -d ' ' -f 1 <<<"$CANDIDATES"); do mkdir ${folder}/lock-$name 2>/dev/null || continue; echo "place $name"; exit; done`;
  const result = await run(order([0, 1], { own, begin: pick }, 2));
  expect([result.code, names(result.lines)]).toEqual([0, ["web-0", "web-1"]]);
});

it("tells the control plane of a node whose script fails, and goes on if that lets it", async () => {
  const own = `${note("change $NODE_NAME")} [[ $NODE_NAME != web-0 ]] || { echo broken >&2; exit 3; }`;
  const result = await run(order([0, 1], { own }));
  expect([result.code, names(result.lines)]).toEqual([1, ["web-1"]]);
  expect(result.stderr).toContain("broken\nweb-0 (127.0.0.1): failed with exit code 3; its last lines are above\n");
  expect(notes()).toEqual([
    ...["begin web-0 on cp-0", "change web-0", "end web-0 on cp-0yes"],
    ...["begin web-1 on cp-0", "change web-1", "end web-1 on cp-0"],
  ]);
});

it("names a node that is not in service after its script", async () => {
  const result = await run(order([0], { end: `${END()} [[ $CHANGE_FAILED ]] || { echo "not ready" >&2; exit 1; }` }));
  expect([result.code, result.lines]).toEqual([1, []]);
  expect(result.stderr).toContain("not ready\nweb-0 (127.0.0.1): failed with exit code 1; its last lines are above\n");
  expect(notes().slice(-2)).toEqual(["end web-0 on cp-0", "end web-0 on cp-0yes"]);
});

it("leaves all others alone when the control plane refuses, names them, and tells `afterwards`", async () => {
  const afterwards = { hosts: [controlPlane()], ...work(note("without $FAILED_NODES")) };
  const result = await run({ ...order([0, 1, 2], { begin: "echo no place >&2; exit 1" }, 2), afterwards });
  expect([result.code, result.lines]).toEqual([1, []]);
  const ends = "failed with exit code 1; its last lines are above\n";
  const left = "left as they are, because no further node may be changed in this run (see above): web-0, web-1, web-2\n";
  expect(result.stderr.replaceAll("no place\n", "").replaceAll(ends, "")).toBe(left);
  expect(notes()).toEqual(["without web-0 web-1 web-2"]);
});

it("leaves nodes alone that have run the same script, by their own word, when the results of the earlier run are lost", async () => {
  const own = `${note("change $NODE_NAME")} [[ $NODE_NAME != web-1 ]] || exit 3; echo "$SCRIPT_DIGEST" >${folder}/last-$NODE_NAME; `;
  const joining = [0, 1, 2].map((key) => `printf '%s %s\\n' web-${key} "$(printf 'KEY=%s\\n' given | base64 --wrap 0)"; `);
  const first = await run(order([0, 1, 2], { own, admit: joining.join("") }));
  expect([first.code, notes().sort()]).toEqual([1, ["change web-0", "change web-1", "change web-2"]]);
  rmSync(join(folder, "notes"));
  const second = await run(order([0, 1, 2], { own, admit: joining[1]! }));
  expect([second.code, names(second.lines), notes()]).toEqual([1, ["web-0", "web-2"], ["change web-1"]]);
  expect(second.lines).toEqual(first.lines);
});

it("changes a node that has run another script, and one that does not tell", async () => {
  const last = `[[ $NODE_NAME == web-0 ]] || exit 1; echo another`;
  const result = await run(order([0, 1], { last }));
  expect([result.code, names(result.lines)]).toEqual([0, ["web-0", "web-1"]]);
  expect(notes().filter((each) => each.startsWith("change"))).toEqual(["change web-0", "change web-1"]);
});
