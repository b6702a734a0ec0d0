import { cloudChoice } from "../clients/openstack/plugin-settings.ts";
import { signIn } from "../clients/openstack/sign-in.ts";
import { reasonOf } from "../lib/reason.ts";
import { lookForOrphans, removalLine } from "./orphans/orphans.ts";
import { exportStack, openStackSettings } from "./state/stack-export.ts";

/**
 * Program that removes the orphans of interrupted runs, which would block the deletion of a cluster or its network. lib/scripts/clear-up.sh
 * runs it before that deletion. It never fails: an orphan that cannot be removed must not keep the rest from being deleted.
 */
const { CARAVAN_STACK: stack = "", CARAVAN_CLOUD: cloud, CARAVAN_REGION: region } = process.env;

/** Seconds to wait for late requests of the interrupted run. */
const SETTLE_SECONDS = 2;

try {
  const { serving, remove } = await lookForOrphans({
    state: await exportStack(stack),
    readSecrets: () => exportStack(stack, true),
    connect: async () => signIn({ ...(await openStackSettings(stack)), ...cloudChoice(cloud, region) }, console.log),
    settleSeconds: SETTLE_SECONDS,
  });
  await remove((orphan) => console.log(`removing ${removalLine(orphan)}`));
  for (const { kind, name, id, reason } of serving)
    console.log(`leaving the ${kind} ${name} (${id}), which is not in the state but in use: ${reason}`);
} catch (error) {
  console.log(
    `what interrupted runs may have left in OpenStack was not removed: ${reasonOf(error)}. ` +
      "If the destruction waits for what is in use, end it and run: pulumi destroy --run-program",
  );
}
