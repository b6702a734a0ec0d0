import type * as pulumi from "@pulumi/pulumi";

/** Makes equal timeouts for all operations of a command. */
export function minutes(count: number): pulumi.CustomTimeouts {
  const text = `${count}m`;
  return { create: text, update: text, delete: text };
}
