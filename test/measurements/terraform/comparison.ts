import { type Measured, totalCalls, totalCpu } from "../../engine/measured.ts";

/** The same step by both tools. */
export interface Pair {
  pulumi: Measured;
  terraform: Measured;
}

/** Both tools beside each other, step by step; a ratio below 1 says that Pulumi needs less. */
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

/** Size of the largest process. */
function largest({ processes }: Measured): number {
  return Math.max(0, ...Object.values(processes).map(({ megabytes }) => megabytes));
}
