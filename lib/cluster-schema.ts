import { Output } from "@pulumi/pulumi";
import { z } from "zod";
import type { Problems } from "./problems.ts";

/** Text that is known now, or an Output that will be text. */
const input = z.custom<unknown>(
  (value) => (typeof value === "string" && value !== "") || isLater(value),
  "must be a text that is not empty",
);
const text = z.string().min(1);
const texts = z.array(text);
const port = z.int().min(1).max(65535);
const textMap = z.record(z.string(), z.string());

const machine = z.strictObject({ image: input, flavor: input, zone: input.optional() });
const taint = z.strictObject({ key: text, value: z.string().optional(), effect: text });
const bastion = z.strictObject({
  host: input,
  hostKey: input,
  user: input.optional(),
  port: port.optional(),
  privateKey: input.optional(),
});

const pool = z.strictObject({
  count: z.number(),
  without: texts.optional(),
  machine,
  labels: textMap.optional(),
  taints: z.array(taint).optional(),
  drainSeconds: z.number().optional(),
});

const ownNetwork = z.strictObject({ externalNetwork: input, cidr: text, dnsServers: texts.optional() });
const adoptedNetwork = z.strictObject({
  adopt: z.strictObject({ networkId: input, subnetId: input }),
  cidr: text,
  externalNetwork: input.optional(),
});

const apiEndpoint = z.discriminatedUnion(
  "type",
  [
    z.strictObject({ type: z.literal("floatingIp"), allowedCidrs: z.array(z.string()) }),
    z.strictObject({ type: z.literal("external"), host: input, allowedCidrs: z.array(z.string()) }),
  ],
  oneOf("floatingIp", "external"),
);

const cni = z.discriminatedUnion(
  "type",
  [
    z.strictObject({
      type: z.literal("cilium"),
      version: text.optional(),
      repository: text.optional(),
      chart: text.optional(),
      values: z.record(z.string(), z.unknown()).optional(),
    }),
    z.strictObject({ type: z.literal("none") }),
  ],
  oneOf("cilium", "none"),
);

const ssh = z.strictObject({
  user: text.optional(),
  port: port.optional(),
  keyPair: z
    .custom(
      (value) => isLater(value) || z.strictObject({ publicKey: input, privateKey: input }).safeParse(value).success,
      "must have publicKey and privateKey",
    )
    .optional(),
  allowedCidrs: z.array(z.string()).optional(),
  bastion: bastion.optional(),
});

const kubelet = z.strictObject({ maxPods: z.int().optional(), configuration: z.record(z.string(), z.unknown()).optional() });
const registries = z.strictObject({ mirrors: z.record(z.string(), texts).optional(), imageRepository: text.optional() });

/** The properties of a KubernetesCluster, as written in a program or in a stack's configuration. */
const properties = {
  network: z.custom(
    (value) => typeof value === "object" && value !== null,
    "must be an object with externalNetwork and cidr, or adopt and cidr",
  ),
  apiEndpoint,
  controlPlane: z.strictObject({ count: z.number().optional(), machine }),
  pools: z.record(z.string(), pool).optional(),
  kubernetesVersion: text.optional(),
  podCidr: text.optional(),
  serviceCidr: text.optional(),
  nodeCidrMask: z.int().min(16).max(28).optional(),
  cni: cni.optional(),
  ssh: ssh.optional(),
  kubelet: kubelet.optional(),
  registries: registries.optional(),
  packageRepository: text.optional(),
  ignorePreflightErrors: texts.optional(),
};

/** Names of the properties of a KubernetesCluster. */
export const CLUSTER_PROPERTIES = Object.keys(properties);

const schema = z.strictObject(properties);

/** Notes every property that is missing, unknown or of the wrong kind; returns the names of the sound ones. */
export function checkShape(args: object, problems: Problems): Set<string> {
  const { network } = args as { network?: object };
  const issues = [
    ...issuesOf(schema, args, []),
    ...(network && typeof network === "object" ? issuesOf("adopt" in network ? adoptedNetwork : ownNetwork, network, ["network"]) : []),
  ];
  for (const { path, reason } of issues) problems.add(pathText(path), reason);
  const broken = new Set(issues.map(({ path }) => path[0]));
  return new Set(CLUSTER_PROPERTIES.filter((property) => !broken.has(property)));
}

interface Issue {
  path: PropertyKey[];
  reason: string;
}

function issuesOf(shape: z.ZodType, value: unknown, prefix: PropertyKey[]): Issue[] {
  const { error } = shape.safeParse(value, { reportInput: true });
  return (error?.issues ?? []).flatMap((issue) => {
    const path = [...prefix, ...issue.path];
    if (issue.code !== "unrecognized_keys") return [{ path, reason: reasonOf(issue, path) }];
    return issue.keys.map((key) => ({ path: [...path, key], reason: "is not a property here; correct its name or remove it" }));
  });
}

function reasonOf(issue: z.core.$ZodIssue, path: PropertyKey[]): string {
  const value = issue.code === "invalid_union" ? (issue.input as { type?: unknown }).type : issue.input;
  if (value === undefined) return "is missing; give it a value";
  return `${shown(value, path)}is not allowed: ${issue.message.replace(/^Invalid input: /, "")}`;
}

/** A value for an error's text, if it is short and cannot be a secret. */
function shown(value: unknown, path: PropertyKey[]): string {
  const secret = path.some((part) => part === "keyPair" || part === "privateKey");
  return secret || (typeof value === "object" && value !== null) ? "" : `${JSON.stringify(value)} `;
}

/** What to say of a `type` that is none of those that there are. */
function oneOf(...types: string[]): { error: z.core.$ZodErrorMap } {
  const list = types.map((type) => `"${type}"`).join(" or ");
  return { error: ({ code }) => (code === "invalid_union" ? `use ${list}` : undefined) };
}

function pathText(path: PropertyKey[]): string {
  return path.map((part, index) => (typeof part === "number" ? `[${part}]` : index === 0 ? String(part) : `.${String(part)}`)).join("");
}

function isLater(value: unknown): boolean {
  return Output.isInstance(value) || value instanceof Promise;
}
