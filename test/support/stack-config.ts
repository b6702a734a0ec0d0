import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { KubernetesClusterArgs } from "../../lib/cluster/settings.ts";

/** Reads the arguments of the cluster in stacks/Pulumi.NAME.yaml. */
export function stackArgs(name: string): KubernetesClusterArgs {
  const file = join(import.meta.dirname, "..", "..", "stacks", `Pulumi.${name}.yaml`);
  const { config } = parse(readFileSync(file, "utf8")) as { config: Record<string, unknown> };
  const properties = Object.entries(config).map(([key, value]) => [key.replace(/^caravan:/, ""), value]);
  return Object.fromEntries(properties);
}
