import * as pulumi from "@pulumi/pulumi";
import type { OpenStack } from "../../clients/openstack/client.ts";
import type { PluginSettings } from "../../clients/openstack/plugin-settings.ts";
import { signIn } from "../../clients/openstack/sign-in.ts";
import { reasonOf } from "../../lib/reason.ts";
import type { StackState } from "../state/stack-state.ts";
import { takeIntoAccount } from "./found-machines.ts";
import { findTroubles, keptTriggers } from "./machines.ts";
import { troubleLine } from "./trouble.ts";

/**
 * Checks which servers of the stack do not run in OpenStack, and logs a line for each. The run then recreates lost and failed workers and
 * bastions, and waits for no machine that does not run. Call it before resources are registered, in previews as well: they show what is
 * recreated. A failed check is a warning, and the run goes on without it.
 * @param state state of the stack at the beginning of the run
 */
export function checkMachines(state: StackState, choice: PluginSettings = {}): Promise<void> {
  return checkMachinesOf(state, () => signIn(choice));
}

/** The same check as one of the steps of prepareRun, which share one sign-in. */
export async function checkMachinesOf(state: StackState, connect: () => Promise<OpenStack>): Promise<void> {
  try {
    const findings = await findTroubles(state, connect);
    if (findings.unknown !== undefined) pulumi.log.warn(allUnknownLine(findings.unknown));
    for (const trouble of findings.troubles) pulumi.log.warn(troubleLine(trouble));
    takeIntoAccount(findings);
  } catch (error) {
    takeIntoAccount({ troubles: [], triggers: keptTriggers(state) });
    pulumi.log.warn(`whether the stack's machines run was not found out: ${reasonOf(error)}`);
  }
}

function allUnknownLine(count: number): string {
  return (
    `OpenStack knows none of the stack's ${count} servers, so this run recreates none: do these credentials, project and region belong to the stack? ` +
    "Replace a server that is gone with `pulumi up --replace URN`"
  );
}
