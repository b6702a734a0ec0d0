import { join } from "node:path";
import { onDevcloud } from "../../../devcloud/environment.ts";
import { type Stack, stackConfig, writeConfig } from "../../../devcloud/stack.ts";

const PORT = "19696";

/** Status that the library does not retry. After a 500, it would clear up and retry. */
const REFUSED = "400";

/** Services that can be made to fail: their URL, and the path that the plugin requests. */
const SERVICES = {
  network: { url: "http://127.0.0.1:9696", path: "/v2.0/" },
  dns: { url: "http://127.0.0.1:9001", path: "/v2/" },
} as const;

type Service = keyof typeof SERVICES;

export interface FailingCreates {
  service: Service;
  /** Collections in which the first creation fails. */
  collections: readonly string[];
  /** URNs to which the run is limited. */
  targets?: readonly string[];
  /** Configuration beside that of stacks/Pulumi.mini.yaml. */
  config?: Record<string, unknown>;
}

/** Runs `pulumi up` beside a service that creates objects but reports one error in each of some collections. */
export async function upWithFailingCreates(stack: Stack, args: FailingCreates): Promise<string> {
  const { service, collections, targets = [], config = {} } = args;
  const override = { [service]: `http://127.0.0.1:${PORT}${SERVICES[service].path}` };
  await writeConfig(stack, { ...(await stackConfig("mini")), ...config, "openstack:endpointOverrides": override });
  return besideService(stack, service, collections, ["up", ...targets.flatMap((urn) => ["--target", urn])]);
}

/** Destroys such a stack and removes it. The service must run for it, since the state has its URL. */
export async function destroyBeside(stack: Stack, service: Service): Promise<void> {
  await besideService(stack, service, [], ["destroy", "--remove"]);
}

function besideService(stack: Stack, service: Service, collections: readonly string[], args: readonly string[]): Promise<string> {
  const failing = join(import.meta.dirname, "failing-service.ts");
  const proxy = ["node", failing, PORT, SERVICES[service].url, REFUSED, collections.join(",") || "none", "--"];
  const options = ["--yes", "--skip-preview", "--stack", stack.name, "--non-interactive", "--color", "never"];
  return onDevcloud([...proxy, "pulumi", ...args, ...options], { cwd: stack.dir, deadline: 600 });
}
