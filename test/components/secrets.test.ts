import { beforeAll, expect, it } from "vitest";
import { KubernetesCluster } from "../../components/index.ts";
import { cloudInit } from "../../lib/node/cloud-init.ts";
import type { KeyPair } from "../../lib/pki/key-pair.ts";
import { mini } from "../support/cluster-args.ts";
import { deploy, isSecret, type Registered } from "../support/deploy.ts";
import { filesOf, orderOf, stdinOf } from "../support/orders.ts";

let plan: Registered[];

beforeAll(async () => {
  plan = await deploy(() => new KubernetesCluster("mini", mini));
});

it("keeps these inputs secret, and no others", () => {
  expect(plan.flatMap(({ name, inputs }) => secretPaths(inputs).map((path) => `${name} ${path}`))).toEqual([
    "mini-control-plane-0-kubeadm connection",
    "mini-control-plane-0-kubeadm stdin",
    "mini-control-plane-contact stdin",
    "mini-control-plane-fixed input",
    "mini-control-plane-members stdin",
    "mini-default-contact-0 stdin",
    "mini-default-join-0 stdin",
    "mini-default-owner input",
    "mini-fixed input",
    "mini-kubernetes kubeconfig",
    "mini-pki-administrator input",
    "mini-pki-cluster input",
    "mini-pki-encryption input",
    "mini-pki-etcd input",
    "mini-pki-front-proxy input",
    "mini-pki-service-account input",
    "mini-ssh-pair input",
  ]);
});

it("shows no private key in any form", () => {
  const inTheClear = plan.map(({ inputs }) => JSON.stringify(withoutSecrets(inputs))).join("\n");
  const stashes = plan.filter(({ type }) => type === "pulumi:index:Stash").map(({ name }) => JSON.stringify(stashed(name)));
  const secrets = [...stashes.flatMap(keyLines), stashed("mini-pki-encryption") as string];
  expect(secrets.length).toBeGreaterThan(20);
  expect(secrets.filter((secret) => inTheClear.includes(secret))).toEqual([]);
  // As PEM, and in base64 as in a kubeconfig and in the scripts' input.
  expect(inTheClear).not.toMatch(/PRIVATE KEY|LS0tLS1CRUdJTiB|client-key-data/);
});

it("gives all machines the same user data, with the public key and without secrets", () => {
  const userData = plan.filter(({ type }) => type.endsWith(":Instance")).map(({ inputs }) => inputs.userData);
  const expected = cloudInit((stashed("mini-ssh-pair") as { publicKey: string }).publicKey);
  expect(userData).toEqual([expected, expected, expected]);
});

it("keeps no credential in the state with which a machine could become a node", () => {
  const commands = plan.filter(({ type, inputs }) => type.startsWith("command:") && inputs.stdin !== undefined);
  const credential = /system:bootstrappers|client-key-data: [A-Za-z0-9]|CLIENT_KEY='[A-Za-z0-9]/;
  expect(commands.map(({ name }) => name).filter((name) => credential.test(stdinOf(plan, name)))).toEqual([]);
});

it("never sends a CA's key to a worker", () => {
  const { input } = orderOf(plan, "mini-default-join-0");
  const files = [...filesOf(input), ...filesOf(input, "JOIN_FILES")];
  expect(files.map(({ mode, path }) => `${mode} ${path}`)).toEqual([
    "0600 /var/lib/caravan/patches/kubeletconfiguration+merge.yaml",
    "0600 /run/caravan/join.yaml",
  ]);
  const cas = ["cluster", "etcd", "front-proxy"].map((ca) => stashed(`mini-pki-${ca}`) as KeyPair);
  for (const { privateKey } of cas) {
    expect(stdinOf(plan, "mini-default-join-0")).not.toContain(keyLines(privateKey)[0]);
    expect(files.filter(({ content }) => content.includes(Buffer.from(privateKey).toString("base64")))).toEqual([]);
  }
});

function secretPaths(value: unknown, path = ""): string[] {
  if (isSecret(value)) return [path];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => secretPaths(inner, path === "" ? key : `${path}.${key}`));
}

function withoutSecrets(value: unknown): unknown {
  if (isSecret(value)) return "secret";
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutSecrets(inner)]));
}

function stashed(name: string): unknown {
  const { input } = plan.find((resource) => resource.name === name)!.inputs as { input: { value: unknown } };
  return input.value;
}

/** Lines of private keys that are long enough to be unique. */
function keyLines(text: string): string[] {
  const keys = [...text.replaceAll("\\n", "\n").matchAll(/-----BEGIN (?:EC )?PRIVATE KEY-----\n([^-]*)\n-----END/g)];
  return keys.flatMap(([, lines = ""]) => lines.split("\n")).filter((line) => line.length >= 40);
}
