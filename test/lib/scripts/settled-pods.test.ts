import { afterEach, beforeEach, expect, it } from "vitest";
import { readScript } from "../../../lib/node/scripts.ts";
import { ScriptedNode } from "../../support/scripted-node.ts";

let node: ScriptedNode;
beforeEach(() => {
  node = new ScriptedNode();
});
afterEach(() => node.remove());

/** Waits for static pods whose processes are these in each second from the start, and the last ones from then on. */
function wait(processes: string[]) {
  const stubs = `
sleep() { SECONDS=$((SECONDS + 1)); }
PROCESSES=(${processes.map((each) => `"${each}"`).join(" ")})
static_processes() { local last=$((\${#PROCESSES[@]} - 1)); echo "\${PROCESSES[SECONDS < last ? SECONDS : last]}"; }`;
  const call = 'SECONDS=0; await_settled_pods; echo "$SECONDS"';
  return node.run(["common.sh", "settled-pods.sh"].map(readScript).join("\n"), call, {}, stubs);
}

it("waits until no process has changed for 20 s", () => {
  expect(wait(["1 2"])).toMatchObject({ code: 0, stdout: "21\n" });
  expect(wait(["1 2", "1 2", "1 2", "1 2", "1 2", "2", "", "2 3"])).toMatchObject({ code: 0, stdout: "28\n" });
});

it("fails when they restart for ever", () => {
  expect(wait(Array.from({ length: 400 }, (_, second) => String(second)))).toMatchObject({
    code: 1,
    stderr:
      "web-1: failed: static pods still restart 300 s after the upgrade of the kubelet; look at its log (journalctl --unit kubelet) and theirs\n",
  });
});
