import * as pulumi from "@pulumi/pulumi";
import { serverUrn } from "../lib/machines/state-servers.ts";
import { absenceOf, troubleLine } from "../lib/machines/trouble.ts";
import type { Findings } from "../lib/machines.ts";
import { monitorWithHooks } from "./engine-hooks.ts";
import { settled } from "./settled.ts";

/** What was found out about the machines of a stack at the beginning of a run. */
interface Found {
  triggers: Findings["triggers"];
  /** Why nobody answers on a machine, by its id, or beyond it, by its address. */
  absences: ReadonlyMap<string, string>;
}

/** A run has one connection to the engine. */
const foundByMonitor = new WeakMap<object, Found>();

/** Absences by project and stack, for questions that come from outside of any run: a program of the Automation API may run several stacks. */
const absencesByStack = new Map<string, Found["absences"]>();

/** Has the run take into account what was found out about the stack's machines. */
export function takeIntoAccount({ troubles, triggers }: Findings): void {
  const absences = new Map(
    troubles.flatMap((trouble) => [
      [trouble.id, absenceOf(trouble)],
      ...trouble.floatingIps.map((address) => [address, `the way to it leads through ${troubleLine(trouble)}`] as const),
    ]),
  );
  foundByMonitor.set(pulumi.runtime.getMonitor()!, { triggers, absences });
  absencesByStack.set(`${pulumi.getProject()}/${pulumi.getStack()}`, absences);
}

/** Why nobody answers on a machine of any stack that this program runs, by its id, or beyond it, by its address. */
export function knownAbsence(machine: string): string | undefined {
  for (const absences of absencesByStack.values()) if (absences.has(machine)) return absences.get(machine);
  return undefined;
}

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

function foundInThisRun(): Found | undefined {
  const monitor = pulumi.runtime.getMonitor();
  return monitor && foundByMonitor.get(monitor);
}
