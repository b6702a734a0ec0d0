import * as pulumi from "@pulumi/pulumi";
import type { Findings } from "./machines.ts";
import { troubleLine, troubleReason } from "./trouble.ts";

/** Findings about a stack's machines at the beginning of a run. */
export interface RunFindings {
  triggers: Findings["triggers"];
  /** Reasons why machines do not answer, by the machine's id. For what is reached through a machine, by that machine's floating IP. */
  absences: ReadonlyMap<string, string>;
}

/** Findings by the run's connection to the engine: a run has one. */
const findingsByMonitor = new WeakMap<object, RunFindings>();

/** Absences by project and stack, for lookups from outside of any run. A program of the Automation API may run several stacks. */
const absencesByStack = new Map<string, RunFindings["absences"]>();

/** Records the findings about the stack's machines, which the run then takes into account. */
export function takeIntoAccount({ troubles, triggers }: Findings): void {
  const absences = new Map(
    troubles.flatMap((trouble) => [
      [trouble.id, troubleReason(trouble)],
      ...trouble.floatingIps.map((address) => [address, `the way to it leads through ${troubleLine(trouble)}`] as const),
    ]),
  );
  findingsByMonitor.set(pulumi.runtime.getMonitor()!, { triggers, absences });
  absencesByStack.set(`${pulumi.getProject()}/${pulumi.getStack()}`, absences);
}

/** Returns the reason why a machine of any of the program's stacks does not answer, by its id or by the floating IP in front of it. */
export function knownAbsence(machine: string): string | undefined {
  for (const absences of absencesByStack.values()) if (absences.has(machine)) return absences.get(machine);
  return undefined;
}

/** Returns this run's findings; `undefined` when the machines were not checked. */
export function foundInThisRun(): RunFindings | undefined {
  const monitor = pulumi.runtime.getMonitor();
  return monitor && findingsByMonitor.get(monitor);
}
