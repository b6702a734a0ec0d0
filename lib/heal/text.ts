import type { HealPlan } from "./plan.ts";

/** Writes a plan for people: what is replaced, what is not, and why. */
export function planText(cluster: string, { stopped, replaced, told }: HealPlan): string {
  if (stopped.length > 0) return [`cluster "${cluster}": nothing is replaced`, ...stopped.map((each) => `  ${each}`), ""].join("\n");
  if (replaced.length + told.length === 0) return `cluster "${cluster}": nothing to heal\n`;
  return [
    `cluster "${cluster}": ${count(replaced.length, "is", "are")} replaced, ${count(told.length, "is", "are")} not`,
    ...replaced.map(({ object, reason }) => `  replace ${object.kind} ${object.name}: ${reason}`),
    ...told.map(
      ({ object, reason, objection, isPending }) =>
        `  ${isPending ? "wait for" : "leave"} ${object.kind} ${object.name}: ${reason}; ${objection}`,
    ),
    "",
  ].join("\n");
}

function count(machines: number, one: string, several: string): string {
  return machines === 1 ? `1 machine ${one}` : `${machines} machines ${several}`;
}
