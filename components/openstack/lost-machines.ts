import * as pulumi from "@pulumi/pulumi";
import { foundInThisRun } from "../../operations/machines/found-machines.ts";
import { serverUrn } from "../../operations/machines/state-servers.ts";
import { monitorWithHooks } from "../engine/engine-hooks.ts";
import { settled } from "../engine/settled.ts";

/** Returns the option that recreates a component's server when the cloud has lost it; no option when the machines were not checked. */
export function replacementTrigger(parent: pulumi.Resource, name: string): { replacementTrigger?: pulumi.Input<string> } {
  const found = foundInThisRun();
  if (!found) return {};
  // Every server gets a trigger, because the first trigger of a server recreates nothing in Pulumi.
  if (found.triggers.size === 0) return { replacementTrigger: "" };
  // A promise, not an output of the parent: for an output the SDK would wait for all children of the parent, the server included.
  const urn = settled(parent.urn) as Promise<string>;
  return { replacementTrigger: urn.then((known) => found.triggers.get(serverUrn(known, name)) ?? "") };
}

/** Returns hooks of a command on one machine: the command fails at once when the machine does not run. */
export function absenceHooks(command: string, machineId: pulumi.Input<string>): { hooks?: pulumi.ResourceHookBinding } {
  const found = foundInThisRun();
  if (!found || found.absences.size === 0 || !monitorWithHooks()) return {};
  const hook = new pulumi.ResourceHook(`caravan-absence-${command}`, async () => {
    // Read when the command begins: a machine that this run has recreated has another id by then.
    const id = String(await settled(machineId));
    const absence = found.absences.get(id);
    if (absence) throw new Error(`its machine (${id}) is not there: ${absence}`);
  });
  return { hooks: { beforeCreate: [hook], beforeUpdate: [hook] } };
}
