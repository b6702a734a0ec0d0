import * as pulumi from "@pulumi/pulumi";
import { removeOrphans } from "../components/index.ts";
import { providerSettings } from "./cloud.ts";
import { ownState } from "./state.ts";

/** Removes what interrupted and failed runs of this stack left in OpenStack. What goes wrong here is a warning: the run may do without. */
export async function removeOwnOrphans(): Promise<void> {
  if (pulumi.runtime.isDryRun()) return;
  try {
    await removeOrphans(await ownState(), {
      ...providerSettings(),
      onFound: ({ kind, name, id }) => pulumi.log.info(`removing the ${kind} ${name} (${id}), which an earlier run left behind`),
    });
  } catch (error) {
    pulumi.log.warn(`what an earlier run may have left in OpenStack was not removed: ${error instanceof Error ? error.message : error}`);
  }
}
