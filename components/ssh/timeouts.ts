import type * as pulumi from "@pulumi/pulumi";

/** Timeouts of a command, whatever it does. */
export function minutes(count: number): pulumi.CustomTimeouts {
  const text = `${count}m`;
  return { create: text, update: text, delete: text };
}
