import * as pulumi from "@pulumi/pulumi";
import type { OpenStack } from "../../clients/openstack/client.ts";
import type { CloudChoice } from "../../clients/openstack/cloud-settings.ts";
import { signIn } from "../../clients/openstack/sign-in.ts";
import type { StackState } from "../state/stack-state.ts";
import { takeIntoAccount } from "./found-machines.ts";
import { findTroubles, keptTriggers } from "./machines.ts";
import { troubleLine } from "./trouble.ts";

/**
 * Asks OpenStack which servers of the stack do not run, and says so of each in a line. The run then makes workers and bastions anew that are lost
 * or failed, and waits for no machine that does not run. It must run before resources are registered, in previews as well, which show what is made anew.
 * A question that fails is a warning: the run goes on without the answer.
 * @param state the stack's at the beginning of the run
 */
export function checkMachines(state: StackState, choice: CloudChoice = {}): Promise<void> {
  return checkMachinesOf(state, () => signIn(choice));
}

/** The same as one of several steps before a run, which sign in once. */
export async function checkMachinesOf(state: StackState, connect: () => Promise<OpenStack>): Promise<void> {
  try {
    const findings = await findTroubles(state, connect);
    if (findings.unknown !== undefined) pulumi.log.warn(strangeLine(findings.unknown));
    for (const trouble of findings.troubles) pulumi.log.warn(troubleLine(trouble));
    takeIntoAccount(findings);
  } catch (error) {
    takeIntoAccount({ troubles: [], triggers: keptTriggers(state) });
    pulumi.log.warn(`whether the stack's machines run was not found out: ${error instanceof Error ? error.message : error}`);
  }
}

function strangeLine(count: number): string {
  return (
    `OpenStack knows none of the stack's ${count} servers, so this run makes none anew: are these the credentials, project and region that made them? ` +
    "Replace a server that is gone with `pulumi up --replace URN`"
  );
}
