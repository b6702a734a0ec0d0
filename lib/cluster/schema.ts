import { z } from "zod";
import { apiEndpoint } from "../api-endpoint/settings.ts";
import { cni } from "../cni/settings.ts";
import { controlPlane } from "../control-plane/settings.ts";
import { etcd } from "../etcd/settings.ts";
import { kubeProxy } from "../kubeadm/kube-proxy-settings.ts";
import { nameAdvice } from "../nearest-name.ts";
import { adoptedNetwork, ownNetwork } from "../network/settings.ts";
import { kubelet, registries } from "../node/settings.ts";
import { pool } from "../pool/settings.ts";
import { waves } from "../pool/waves-settings.ts";
import type { Problems } from "../problems.ts";
import { scale } from "../scale-profile/settings.ts";
import { numberOrText, object, propertiesIn, text, texts } from "../schema.ts";
import { ssh } from "../ssh/settings.ts";

/** The properties of a KubernetesCluster, as written in a program or in a stack's configuration. */
const properties = {
  network: z.custom(
    (value) => typeof value === "object" && value !== null,
    "must be an object with externalNetwork and cidr, or adopt and cidr",
  ),
  apiEndpoint,
  controlPlane,
  etcd: etcd.optional(),
  pools: z.record(z.string(), pool).optional(),
  scale: scale.optional(),
  waves: waves.optional(),
  kubernetesVersion: text.optional(),
  podCidr: text.optional(),
  serviceCidr: text.optional(),
  nodeCidrMask: z.int().min(16).max(28).optional(),
  cni: cni.optional(),
  kubeProxy: kubeProxy.optional(),
  ssh: ssh.optional(),
  kubelet: kubelet.optional(),
  registries: registries.optional(),
  packageRepository: text.optional(),
  sysctls: z.record(z.string(), numberOrText).optional(),
  ignorePreflightErrors: texts.optional(),
};

/** Names of the properties of a KubernetesCluster. */
export const CLUSTER_PROPERTIES = Object.keys(properties);

const schema = object(properties);

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
    const known = propertiesIn(issue.message);
    return issue.keys.map((key) => ({ path: [...path, key], reason: `is not a property here; ${nameAdvice(key, known)}, or remove it` }));
  });
}

function reasonOf(issue: z.core.$ZodIssue, path: PropertyKey[]): string {
  const value = issue.code === "invalid_union" ? (issue.input as Record<string, unknown>)[issue.discriminator ?? "type"] : issue.input;
  if (value === undefined) return "is missing; give it a value";
  // Of a key in a record zod itself says only that it is invalid.
  const { message } = issue.code === "invalid_key" ? (issue.issues[0] ?? issue) : issue;
  return `${shown(value, path)}is not allowed: ${message.replace(/^Invalid input: /, "")}`;
}

/** A value for an error's text, if it is short and cannot be a secret. */
function shown(value: unknown, path: PropertyKey[]): string {
  const secret = path.some((part) => part === "keyPair" || part === "privateKey");
  return secret || (typeof value === "object" && value !== null) ? "" : `${JSON.stringify(value)} `;
}

function pathText(path: PropertyKey[]): string {
  return path.map((part, index) => (typeof part === "number" ? `[${part}]` : index === 0 ? String(part) : `.${String(part)}`)).join("");
}
