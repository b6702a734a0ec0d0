import * as pulumi from "@pulumi/pulumi";

// There at run time, but left out of the SDK's types.
const { waitForRPCs } = pulumi.runtime as unknown as { waitForRPCs(): Promise<void> };

/** A resource as the engine would get it. */
export interface Registered {
  type: string;
  name: string;
  parent: string;
  inputs: Record<string, unknown>;
  dependencies: string[];
  ignoreChanges: string[];
  replaceOnChanges: string[];
  deletedWith: string;
  deleteBeforeReplace: boolean;
  protect: boolean;
}

/** Runs a program against mocks and gives everything that it registered, in order of name and type. */
export async function deploy(program: () => unknown, stack = "test"): Promise<Registered[]> {
  const registered: Registered[] = [];
  await pulumi.runtime.setMocks({ newResource, call }, "caravan", stack);
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
      deletedWith: nameOf(request.getDeletedwith()),
      deleteBeforeReplace: request.getDeletebeforereplace(),
      protect: request.getProtect() ?? false,
    });
    return register(request, callback);
  };
  program();
  await waitForRPCs();
  return registered.sort((a, b) => compare(a.name, b.name) || compare(a.type, b.type));
}

/** Whether a registered value is wrapped as a secret. */
export function isSecret(value: unknown): boolean {
  return typeof value === "object" && value !== null && "4dabf18193072939515e22adb298388d" in value;
}

/** What is in a secret. */
export function revealed(value: unknown): string {
  return isSecret(value) ? (value as { value: string }).value : String(value);
}

function newResource({ type, name, inputs }: pulumi.runtime.MockResourceArgs) {
  const state = { name: inputs.name ?? `${name}-0000000`, ...inputs, ...outputsOf(type, name, inputs) };
  return { id: `${name}-id`, state };
}

function outputsOf(type: string, name: string, inputs: Record<string, unknown>): Record<string, unknown> {
  switch (type) {
    case "pulumi:index:Stash":
      return { output: inputs.input };
    case "openstack:compute/instance:Instance":
      return { accessIpV4: "10.40.0.20" };
    case "openstack:networking/port:Port":
      return { allFixedIps: ["10.40.0.10"] };
    case "openstack:networking/floatingIp:FloatingIp":
      return { address: "203.0.113.10" };
    case "command:local:Command":
      return { stdout: JSON.stringify({ id: `${name}-id`, hostKey: "ssh-ed25519 AAAA" }), stderr: "" };
    default:
      return {};
  }
}

function call({ token, inputs }: pulumi.runtime.MockCallArgs) {
  return { id: `${inputs.name ?? inputs.flavorId ?? inputs.networkId}-${token.split(":").pop()}`, ...inputs };
}

function nameOf(urn: string): string {
  return urn.split("::").pop() ?? "";
}

function compare(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}
