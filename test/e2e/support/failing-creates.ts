import { join } from "node:path";
import { onDevcloud } from "../../../devcloud/environment.ts";
import { type Stack, stackConfig, writeConfig } from "../../../devcloud/stack.ts";

const PORT = "19696";

/** What the library takes for the last word; after a 500, say, it would clear up and try again by itself. */
const REFUSED = "400";

/** Services that can be made to fail: where they are, and the path that the plugin asks of them. */
const SERVICES = {
  network: { url: "http://127.0.0.1:9696", path: "/v2.0/" },
  dns: { url: "http://127.0.0.1:9001", path: "/v2/" },
} as const;

export interface FailingCreates {
  service: keyof typeof SERVICES;
  /** Collections in which the first creation fails. */
  collections: readonly string[];
  /** URNs that the run is limited to. */
  targets?: readonly string[];
  /** Configuration beside that of stacks/Pulumi.mini.yaml. */
  config?: Record<string, unknown>;
}

/** Runs `pulumi up` beside a service that makes things and says once, in each of some collections, that it did not. */
export async function upWithFailingCreates(
  stack: Stack,
  { service, collections, targets = [], config = {} }: FailingCreates,
): Promise<string> {
  const { url, path } = SERVICES[service];
  const usual = { ...(await stackConfig("mini")), ...config };
  await writeConfig(stack, { ...usual, "openstack:endpointOverrides": { [service]: `http://127.0.0.1:${PORT}${path}` } });
  const proxy = ["node", join(import.meta.dirname, "failing-service.ts"), PORT, url, REFUSED, collections.join(",") || "none", "--"];
  const command = ["pulumi", "up", "--yes", "--skip-preview", "--stack", stack.name, "--non-interactive", "--color", "never"];
  try {
    return await onDevcloud([...proxy, ...command, ...targets.flatMap((urn) => ["--target", urn])], { cwd: stack.dir, deadline: 600 });
  } finally {
    // Destroying needs no proxy.
    await writeConfig(stack, usual);
  }
}
