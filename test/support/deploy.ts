import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { unpacked } from "./unpacked.ts";

// Exists at run time, but not in the SDK's types.
const { waitForRPCs } = pulumi.runtime as unknown as { waitForRPCs(): Promise<void> };

/** Resource as the engine would get it. */
export interface Registered {
  type: string;
  name: string;
  parent: string;
  inputs: Record<string, unknown>;
  dependencies: string[];
  ignoreChanges: string[];
  replaceOnChanges: string[];
  replaceWith: string[];
  deletedWith: string;
  deleteBeforeReplace: boolean;
  retainOnDelete: boolean;
  protect: boolean;
  replacementTrigger: unknown;
}

/**
 * Runs a program against mocks and returns all registered resources by name and type. Stashes keep their values of an earlier plan, as in
 * the engine. Resources that are `failing`, by name, fail as with `--continue-on-error`.
 */
export async function deploy(
  program: () => unknown,
  before: readonly Registered[] = [],
  failing: readonly string[] = [],
): Promise<Registered[]> {
  const registered: Registered[] = [];
  const newResource = (resource: pulumi.runtime.MockResourceArgs) => mockResource(resource, before);
  await pulumi.runtime.setMocks({ newResource, call }, "caravan", "test");
  // The SDK's monitor is not typed.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  const monitor = pulumi.runtime.getMonitor() as any;
  const register = monitor.registerResource.bind(monitor);
  // biome-ignore lint/suspicious/noExplicitAny: see above
  monitor.registerResource = (request: any, callback: unknown) => {
    registered.push({
      type: request.getType(),
      name: request.getName(),
      parent: nameOf(request.getParent()),
      inputs: request.getObject().toJavaScript(),
      dependencies: request.getDependenciesList().map(nameOf).sort(),
      ignoreChanges: request.getIgnorechangesList(),
      replaceOnChanges: request.getReplaceonchangesList(),
      replaceWith: request.getReplaceWithList().map(nameOf),
      deletedWith: nameOf(request.getDeletedwith()),
      deleteBeforeReplace: request.getDeletebeforereplace(),
      retainOnDelete: request.getRetainondelete() ?? false,
      protect: request.getProtect() ?? false,
      replacementTrigger: request.getReplacementTrigger()?.toJavaScript(),
    });
    return register(request, failing.includes(request.getName()) ? failed(callback) : callback);
  };
  await program();
  await waitForRPCs();
  return registered.sort((a, b) => compare(a.name, b.name) || compare(a.type, b.type));
}

/** Returns whether a registered value is wrapped as a secret. */
export function isSecret(value: unknown): boolean {
  return typeof value === "object" && value !== null && "4dabf18193072939515e22adb298388d" in value;
}

/** Returns the content of a secret. */
export function revealed(value: unknown): string {
  return isSecret(value) ? (value as { value: string }).value : String(value);
}

/** Returns the cloud's id of an object with a name. */
export function cloudId(kind: string, name: string): string {
  const digits = createHash("sha256").update(`${kind} ${name}`).digest("hex");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
}

/** Waits for the value of an output. */
export function settled<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply((value) => resolve(value as T)));
}

function mockResource({ type, name, inputs }: pulumi.runtime.MockResourceArgs, before: readonly Registered[]) {
  const state = { name: inputs.name ?? `${name}-0000000`, ...inputs, ...outputsOf(type, name, inputs, before) };
  return { id: `${name}-id`, state };
}

function outputsOf(type: string, name: string, inputs: Record<string, unknown>, before: readonly Registered[]): Record<string, unknown> {
  switch (type) {
    case "pulumi:index:Stash":
      return { output: before.find((each) => each.type === type && each.name === name)?.inputs.input ?? inputs.input };
    case "openstack:compute/instance:Instance":
      return { accessIpV4: `10.40.1.${ordinalOf(name)}`, availabilityZone: zoneOf(inputs), region: "RegionOne" };
    case "openstack:networking/port:Port":
      // As in a network with IPv6: Neutron sorts addresses as text.
      return { allFixedIps: ["1:db8::1", `10.40.0.1${ordinalOf(name)}`] };
    case "openstack:networking/floatingIp:FloatingIp":
      return { address: "203.0.113.10" };
    case "openstack:loadbalancer/loadBalancer:LoadBalancer":
      return { vipAddress: "10.40.0.9", vipPortId: "vip-port", loadbalancerProvider: inputs.loadbalancerProvider ?? "amphora" };
    case "command:local:Command":
      return { stdout: inputs.stdin === undefined ? "" : hostKeyLines(unpacked(revealed(inputs.stdin))), stderr: "" };
    default:
      return {};
  }
}

/** Writes the output of a fan-out: one line for each of its machines. A machine with "sick" in its name cannot be prepared. */
function hostKeyLines(stdin: string): string {
  const { hosts } = JSON.parse(stdin).order as { hosts: { name: string; id: string }[] };
  const result = (name: string) => (name.includes("-sick-") ? { unprepared: true } : { hostKey: `ecdsa-sha2-nistp256 key-of-${name}` });
  return hosts.map(({ name, id }) => `${JSON.stringify({ name, id, ...result(name) })}\n`).join("");
}

/** Returns the zone of a server. One that is not asked for is "nova", as in Nova. */
function zoneOf({ availabilityZone = "nova" }: Record<string, unknown>): string {
  return String(availabilityZone).split(":")[0]!;
}

function ordinalOf(name: string): string {
  return /\d+$/.exec(name)?.[0] ?? "9";
}

/** Returns the cloud's objects: every requested one exists. */
function call({ token, inputs }: pulumi.runtime.MockCallArgs) {
  const kind = token.split(":").pop()!.slice("get".length).toLowerCase();
  if (kind === "availabilityzonesv3") return { names: ["nova", "b"] };
  if (kind === "secgroup") return { ...inputs, name: `name of ${inputs.secgroupId}` };
  return { id: cloudId(kind, String(inputs.name)), ...inputs };
}

/** Result.FAIL of the engine's protocol. */
const FAIL = 1;

/** Reports to the SDK that the registration has failed. */
// biome-ignore lint/suspicious/noExplicitAny: the SDK's monitor is not typed
function failed(callback: any) {
  // biome-ignore lint/suspicious/noExplicitAny: see above
  return (error: unknown, response: any) => {
    response.setResult(FAIL);
    callback(error, response);
  };
}

function nameOf(urn: string): string {
  return urn.split("::").pop() ?? "";
}

function compare(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}
