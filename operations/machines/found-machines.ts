import * as pulumi from "@pulumi/pulumi";
import type { Findings } from "./machines.ts";
import { absenceOf, troubleLine } from "./trouble.ts";

/** What was found out about the machines of a stack at the beginning of a run. */
export interface Found {
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

/** What was found out in this run; nothing when it was not asked. */
export function foundInThisRun(): Found | undefined {
  const monitor = pulumi.runtime.getMonitor();
  return monitor && foundByMonitor.get(monitor);
}
