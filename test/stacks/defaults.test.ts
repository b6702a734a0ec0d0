import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { checkCluster } from "../../lib/cluster/rules.ts";
import type { KubernetesClusterArgs } from "../../lib/cluster/settings.ts";
import { Problems } from "../../lib/problems.ts";

const repository = join(import.meta.dirname, "..", "..");
const read = (file: string) => parse(readFileSync(join(repository, file), "utf8"));

/** Settings of a stack as its program gets them: Pulumi adds the defaults of the project. */
function settingsOf(stack: string): KubernetesClusterArgs {
  const defaults = Object.entries(read("Pulumi.yaml").config as Record<string, { default?: unknown }>);
  const given = Object.entries(read(`stacks/Pulumi.${stack}.yaml`).config as Record<string, unknown>);
  const { name: _, ...settings } = Object.fromEntries([
    ...defaults.filter(([, setting]) => setting.default !== undefined).map(([key, setting]) => [key, setting.default]),
    ...given.filter(([key]) => key.startsWith("caravan:")).map(([key, value]) => [key.slice("caravan:".length), value]),
  ]);
  return settings as unknown as KubernetesClusterArgs;
}

it.each(["mini", "dev", "standard", "large"])("the settings of stack %s are accepted with all defaults of Pulumi.yaml", (stack) => {
  const problems = new Problems();
  checkCluster(stack, settingsOf(stack), problems);
  expect(() => problems.throwIfAny("cluster")).not.toThrow();
});
