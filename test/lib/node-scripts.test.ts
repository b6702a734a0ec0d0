import { expect, it } from "vitest";
import { nodeScript, readScript } from "../../lib/node-scripts.ts";

it.each([
  ["prepare", ["common.sh", "prepare.sh"], "prepare_node"],
  ["controlPlane", ["common.sh", "control-plane.sh"], "start_control_plane"],
  ["worker", ["common.sh", "worker.sh"], "join_worker"],
  ["reconcilePool", ["common.sh", "node-removal.sh", "reconcile-pool.sh"], "reconcile_pool"],
] as const)("makes %s of its parts and a call of its entry", (name, files, entry) => {
  expect(nodeScript(name)).toBe([...files.map(readScript), entry].join("\n"));
  expect(readScript(files.at(-1)!)).toContain(`\n${entry}() {\n`);
});
