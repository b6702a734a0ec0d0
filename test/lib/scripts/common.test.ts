import { afterEach, beforeEach, expect, it } from "vitest";
import { encodeNodeFiles } from "../../../lib/node/files.ts";
import { readScript } from "../../../lib/node/scripts.ts";
import { ScriptedNode } from "../../support/scripted-node.ts";

let node: ScriptedNode;
beforeEach(() => {
  node = new ScriptedNode();
});
afterEach(() => node.remove());

const run = (call: string, variables: Record<string, string> = {}, functions = "") =>
  node.run(readScript("common.sh"), call, variables, functions);

it("reads its variables from standard input", () => {
  expect(run(`printf '%s' "$TEXT"`, { TEXT: "it's $HOME\n" })).toEqual({ code: 0, stdout: "it's $HOME\n", stderr: "" });
});

it("fails when a required variable is missing", () => {
  expect(run('echo "$NOT_GIVEN"')).toMatchObject({ code: 1, stdout: "" });
});

it("logs how long a step took, and hides its output", () => {
  expect(run("run 'a step' echo much")).toEqual({ code: 0, stdout: "", stderr: expect.stringMatching(/^web-1: a step \(\d s\)\n$/) });
});

it("ends a step at a failed command in its middle, and shows its last lines", () => {
  const step = "step() {\n  echo before\n  false\n  touch /run/went-on\n}";
  expect(run("run 'a step' step; echo went on", {}, step)).toEqual({
    code: 1,
    stdout: "",
    stderr: expect.stringMatching(/^before\nweb-1: failed: a step, after \d s; its last lines are above\n$/),
  });
  expect(node.has("run/went-on")).toBe(false);
});

it("says that a step failed on a full disk", () => {
  const full = "df() { printf '%s\\n' 'Filesystem 1M-blocks Used Available Capacity Mounted on' '/dev/vda1 19000 18997 3 100% /'; }";
  expect(run("run 'a step' false", {}, full).stderr).toMatch(
    /^web-1: failed: a step, after \d s; its last lines are above; its disk is full: \/ has 3 MiB left\n$/,
  );
});

it("logs progress from inside of a step", () => {
  const { stderr } = run("run 'a step' step", {}, "step() {\n  echo hidden\n  progress 'half of it is done'\n}");
  expect(stderr).toMatch(/^web-1: half of it is done\nweb-1: a step \(\d s\)\n$/);
});

it("shows only the last twenty lines of a failed step", () => {
  const { stderr } = run("run 'a step' step", {}, "step() {\n  seq 30\n  false\n}");
  expect(stderr.split("\n").slice(0, 20)).toEqual(Array.from({ length: 20 }, (_, line) => String(line + 11)));
});

it("ends a step at a failed command inside a pipe, too", () => {
  expect(run("run 'a step' step", {}, "step() {\n  false | true\n}")).toMatchObject({ code: 1 });
});

it("waits until a command succeeds", () => {
  const ready = "ready() {\n  [[ -e /run/first-try ]] || { touch /run/first-try; false; }\n}";
  expect(run("wait_for 10 'the thing' ready; echo went on", {}, ready)).toEqual({ code: 0, stdout: "went on\n", stderr: "" });
});

it("ends a wait at its deadline, and logs what did not happen", () => {
  expect(run("wait_for 1 'the API being ready' false; echo went on")).toEqual({
    code: 1,
    stdout: "",
    stderr: "web-1: failed: timed out after 1 s waiting for the API being ready\n",
  });
});

it("writes files with their modes, and replaces placeholders by the node's facts", () => {
  const files = [
    {
      path: `${node.folder}/etc/new/open.yaml`,
      mode: "0644",
      content: "name: @NODE_NAME@\nid: @NODE_NAME@/@INSTANCE_ID@ at @NODE_ADDRESS@\n",
    },
    { path: `${node.folder}/etc/new/secret`, mode: "0600", content: "no line's end, ümläute, $HOME & `more`" },
    { path: `${node.folder}/etc/empty`, mode: "0755", content: "" },
  ];
  expect(run('write_files "$FILES"', { FILES: encodeNodeFiles(files) })).toMatchObject({ code: 0, stderr: "" });
  expect(node.read("etc/new/open.yaml")).toBe("name: web-1\nid: web-1/id-1 at 10.40.0.20\n");
  expect(node.read("etc/new/secret")).toBe("no line's end, ümläute, $HOME & `more`");
  expect(node.read("etc/empty")).toBe("");
  expect(["etc/new/open.yaml", "etc/new/secret", "etc/empty"].map((path) => node.mode(path))).toEqual(["644", "600", "755"]);
});

it("replaces existing files and their modes", () => {
  node.write("etc/settings", "old");
  const files = [{ path: `${node.folder}/etc/settings`, mode: "0600", content: "new" }];
  run('write_files "$FILES"', { FILES: encodeNodeFiles(files) });
  expect([node.read("etc/settings"), node.mode("etc/settings")]).toEqual(["new", "600"]);
});
