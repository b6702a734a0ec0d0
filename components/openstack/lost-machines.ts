import * as pulumi from "@pulumi/pulumi";
import { foundInThisRun } from "../../operations/machines/found-machines.ts";
import { serverUrn } from "../../operations/machines/state-servers.ts";
import { monitorWithHooks } from "../engine/engine-hooks.ts";
import { settled } from "../engine/settled.ts";

/** The option by which a component's server is made anew when the cloud has lost its machine; none when that was not found out. */
export function replacementTrigger(parent: pulumi.Resource, name: string): { replacementTrigger?: pulumi.Input<string> } {
  const found = foundInThisRun();
  if (!found) return {};
  // All have one: Pulumi makes nothing anew by the first.
  if (found.triggers.size === 0) return { replacementTrigger: "" };
  // No output of the parent's: the SDK would wait for all of its children, of which the server is one.
  const urn = settled(parent.urn) as Promise<string>;
  return { replacementTrigger: urn.then((known) => found.triggers.get(serverUrn(known, name)) ?? "") };
}

/** Hooks of a command on one machine: it fails at once when that does not run. */
export function absenceHooks(command: string, machineId: pulumi.Input<string>): { hooks?: pulumi.ResourceHookBinding } {
  const found = foundInThisRun();
  if (!found || found.absences.size === 0 || !monitorWithHooks()) return {};
  const hook = new pulumi.ResourceHook(`caravan-absence-${command}`, async () => {
    // By now the engine is done with the machine: one that this run has made anew is another.
    const id = String(await settled(machineId));
    const absence = found.absences.get(id);
    if (absence) throw new Error(`its machine (${id}) is not there: ${absence}`);
  });
  return { hooks: { beforeCreate: [hook], beforeUpdate: [hook] } };
}
