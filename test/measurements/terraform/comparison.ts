import { type Measured, totalCalls, totalCpu } from "../../engine/measured.ts";

/** Measurements of the same step by both tools. */
export interface Pair {
  pulumi: Measured;
  terraform: Measured;
}

/** Compares both tools step by step. A ratio below 1 means that Pulumi is faster. */
export function compared(steps: Record<string, Pair>) {
  const rows = Object.entries(steps).map(([title, { pulumi, terraform }]) => [title, comparedStep(pulumi, terraform)] as const);
  return Object.fromEntries(rows);
}

function comparedStep(pulumi: Measured, terraform: Measured) {
  return {
    "Pulumi s": pulumi.seconds,
    "Terraform s": terraform.seconds,
    ratio: ratio(pulumi.seconds, terraform.seconds),
    "Pulumi CPU s": totalCpu(pulumi),
    "Terraform CPU s": totalCpu(terraform),
    "Pulumi MB": largest(pulumi),
    "Terraform MB": largest(terraform),
    "Pulumi calls": totalCalls(pulumi),
    "Terraform calls": totalCalls(terraform),
  };
}

function ratio(first: number, second: number): number {
  return Math.round((first / second) * 100) / 100;
}

/** Returns the size of the largest process. */
function largest({ processes }: Measured): number {
  return Math.max(0, ...Object.values(processes).map(({ megabytes }) => megabytes));
}
