import { execFile } from "node:child_process";
import { promisify } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { removeOrphans, type StackState } from "../components/index.ts";
import { providerSettings } from "./cloud.ts";

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

/** The state at the beginning of this run; reading it needs no lock. */
async function ownState(): Promise<StackState> {
  const command = ["stack", "export", "--stack", pulumi.getStack(), "--non-interactive"];
  const { stdout } = await promisify(execFile)("pulumi", command, { timeout: 60_000, maxBuffer: 1024 ** 3 });
  return JSON.parse(stdout);
}
