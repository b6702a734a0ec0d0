import { rm } from "node:fs/promises";
import { kubeconfigPath } from "./kubectl.ts";
import { down } from "./openstack/down.ts";
import { holder } from "./openstack/namespace.ts";
import { pulumi, selectStack } from "./stack.ts";
import { say, step } from "./support/progress.ts";

/** `npm stop`: removes the cluster of stack mini and stops devcloud. devcloud's data stay for the next start. */
async function stop(): Promise<void> {
  if (holder() === undefined) {
    say("devcloud is not running: nothing to stop");
    return;
  }
  const stack = await selectStack("mini", "mini");
  await pulumi(stack, ["cancel", "--yes"], { deadline: 60 }); // the lock of a killed update
  // The program runs, too: it removes the orphans of a killed update from OpenStack.
  const destroy = ["destroy", "--yes", "--skip-preview", "--run-program"];
  await step("pulumi destroy of stack mini", () => pulumi(stack, destroy, { deadline: 900, live: true }));
  await rm(kubeconfigPath(stack.name), { force: true });
  await step("stop devcloud", down);
}

await stop();
