import { expect, it } from "vitest";
import { nodeScript, readScript } from "../../lib/node-scripts.ts";

it.each([
  ["prepare", "prepare.sh", "prepare_node"],
  ["controlPlane", "control-plane.sh", "start_control_plane"],
  ["worker", "worker.sh", "join_worker"],
  ["reconcilePool", "reconcile-pool.sh", "reconcile_pool"],
] as const)("makes %s of the common part, its own and a call of its entry", (name, file, entry) => {
  expect(nodeScript(name)).toBe(`${readScript("common.sh")}\n${readScript(file)}\n${entry}`);
  expect(readScript(file)).toContain(`\n${entry}() {\n`);
});
