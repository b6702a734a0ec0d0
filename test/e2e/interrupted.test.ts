import { spawn } from "node:child_process";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { devcloudEnvironment } from "../../devcloud/environment.ts";
import { kubectlOf } from "../../devcloud/kubectl.ts";
import { waitForNodes } from "../../devcloud/nodes.ts";
import { insideNamespace } from "../../devcloud/openstack/namespace.ts";
import { pulumi, type Stack } from "../../devcloud/stack.ts";
import { checkTraffic } from "../../devcloud/traffic.ts";
import { removeOrphans } from "../../stacks/orphans.ts";
import { configure, destroy, up } from "./support/cluster.ts";
import { inventory } from "./support/openstack.ts";

/** Seconds after its start at which `pulumi up` is killed: during network, servers, kubeadm, and joins. */
const MOMENTS = [6, 14, 25, 45, 60];

let stack: Stack;
let before: Record<string, string[]>;

beforeAll(async () => {
  before = await inventory();
  stack = await configure("e2e-interrupted");
});

afterAll(async () => {
  await destroy(stack);
});

it("converges after kill -9 at several moments, and destroy leaves nothing", async () => {
  for (const seconds of MOMENTS) {
    await killAfter(seconds);
    await pulumi(stack, ["cancel", "--yes"], { deadline: 60 });
  }
  await removeOrphans(stack);
  await up(stack);
  const kubectl = await kubectlOf(stack);
  await waitForNodes(kubectl, 3);
  expect(await checkTraffic(kubectl)).toHaveLength(2);
  const { same: _, ...changes } = await up(stack);
  expect(changes).toEqual({});

  await pulumi(stack, ["destroy", "--yes", "--skip-preview"], { deadline: 600 });
  expect(await inventory()).toEqual(before);
});

/** Starts `pulumi up` and kills it with all its plugins, as a crash of the machine would. */
async function killAfter(seconds: number): Promise<void> {
  const [program, ...args] = insideNamespace(["pulumi", "up", "--yes", "--skip-preview", "--stack", stack.name, "--non-interactive"]);
  const child = spawn(program!, args, {
    cwd: stack.dir,
    env: { ...process.env, ...(await devcloudEnvironment()) },
    detached: true,
    stdio: "ignore",
  });
  await setTimeout(seconds * 1000);
  process.kill(-child.pid!, "SIGKILL");
}
