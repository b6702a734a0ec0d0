import * as pulumi from "@pulumi/pulumi";
import { checkMachines } from "../components/index.ts";
import { providerSettings } from "./cloud.ts";
import { ownState } from "./state.ts";

/** Finds out which of this stack's machines do not run. */
export async function checkOwnMachines(): Promise<void> {
  try {
    await checkMachines(await ownState(), providerSettings());
  } catch (error) {
    pulumi.log.warn(`the stack's state was not read, so lost machines are not found: ${error instanceof Error ? error.message : error}`);
  }
}
