import * as pulumi from "@pulumi/pulumi";
import type { HostResult } from "../../lib/ssh/fan-out-order.ts";

/** Parses the output of a contact. The returned function finds a machine's result, and throws for a machine without one. */
export function contactResults(stdout: string): (machineId: string) => HostResult {
  const lines = stdout.split("\n").filter((line) => line.startsWith("{"));
  const results = new Map(lines.map((line): HostResult => JSON.parse(line)).map((result) => [result.id, result]));
  return (machineId) => {
    const result = results.get(machineId);
    if (!result)
      throw new pulumi.RunError(`machine ${machineId} was not contacted, so its SSH host key is not known; run \`pulumi up\` again`);
    return result;
  };
}
