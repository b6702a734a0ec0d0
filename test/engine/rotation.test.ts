import { X509Certificate } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parse } from "yaml";
import { repositoryDir } from "../../devcloud/support/paths.ts";
import { certificatesIn } from "../../lib/pki/pem.ts";
import type { RotationSettings } from "../../lib/rotation/settings.ts";
import { Stack } from "./support/stack.ts";

let stack: Stack;
beforeAll(async () => {
  stack = await Stack.create();
});
afterAll(() => stack?.remove());

/** Program with the keys of a cluster and the certificates of an external etcd. */
const program = (rotation: RotationSettings) => `
  import { ClusterPki } from ${JSON.stringify(`${repositoryDir}components/index.ts`)};
  import { etcdIdentity } from ${JSON.stringify(`${repositoryDir}components/etcd-cluster/identity.ts`)};
  const pki = new ClusterPki("demo-pki", { clusterName: "demo", rotation: ${JSON.stringify(rotation)} });
  const { etcdCa, encryptionKey, trusted, virtualAddressPassword } = pki.credentials;
  const etcd = etcdIdentity("demo-etcd", {
    instance: { name: "etcd" }, suffix: "", ca: etcdCa, user: "client", places: [{ name: "demo-etcd-0", address: "10.40.0.20" }],
    caGeneration: ${rotation.etcdCa?.use ?? 1}, trustedCas: trusted?.etcdCas,
  }, pki);
  export const keys = { encryptionKey, others: trusted?.encryptionKeys ?? [], password: virtualAddressPassword ?? "" };
  export const cas = etcd.ca;
  export const client = etcd.client;
  export const member = etcd.certificates[0];`;

async function outputs() {
  const { keys, cas, client, member } = JSON.parse(await stack.pulumi("stack", "output", "--json", "--show-secrets"));
  const trusted = (cas as string).split(/(?<=-----END CERTIFICATE-----)\n/).filter((each) => each.trim() !== "");
  const issuerOf = (pem: string) => trusted.findIndex((ca) => new X509Certificate(pem).verify(new X509Certificate(ca).publicKey));
  return { keys, trusted, issuers: [client.certificate, member.server.certificate, member.peer.certificate].map(issuerOf) };
}

/** Program with the CA of a cluster, and what its administrator gets. */
const ofCluster = (rotation: RotationSettings) => `
  import { ClusterPki } from ${JSON.stringify(`${repositoryDir}components/index.ts`)};
  const pki = new ClusterPki("demo-pki", { clusterName: "demo", rotation: ${JSON.stringify(rotation)} });
  export const kubeconfig = pki.adminKubeconfig("api.example.com:6443");
  export const lifetime = pki.lifetime.id;`;

it("rotates the cluster's CA: the administrator is signed anew by the one in use, and the cluster's identity stays", async () => {
  const phase = (use: number, ...trust: number[]): RotationSettings => ({ clusterCa: { use, trust } });
  const steps: { trusted: string[]; issuer: number; lifetime: string }[] = [];
  for (const rotation of [{}, phase(1, 1, 2), phase(2, 1, 2), phase(2, 2)]) {
    await stack.up(ofCluster(rotation));
    const { kubeconfig, lifetime } = JSON.parse(await stack.pulumi("stack", "output", "--json", "--show-secrets"));
    const { clusters, users } = parse(kubeconfig);
    const decoded = (base64: string) => Buffer.from(base64, "base64").toString();
    const trusted = certificatesIn(decoded(clusters[0].cluster["certificate-authority-data"]));
    const client = new X509Certificate(decoded(users[0].user["client-certificate-data"]));
    steps.push({ trusted, issuer: trusted.findIndex((ca) => client.verify(new X509Certificate(ca).publicKey)), lifetime });
  }
  const [
    {
      trusted: [old],
    },
    ,
    ,
    {
      trusted: [present],
      lifetime,
    },
  ] = steps as [(typeof steps)[0], unknown, unknown, (typeof steps)[0]];
  expect(steps).toEqual([[old], [old, present], [present, old], [present]].map((trusted) => ({ trusted, issuer: 0, lifetime })));
  expect(await stack.preview(ofCluster(phase(2, 2)))).not.toContain("demo-");
});

it("keeps each generation while it is trusted, signs anew with another CA, and records each phase", async () => {
  const phase = (use: number, ...trust: number[]): RotationSettings => ({ encryptionKey: { use, trust }, etcdCa: { use, trust } });
  await stack.up(program({}));
  const before = await outputs();
  await stack.up(program(phase(1, 1, 2)));
  const trusting = await outputs();
  await stack.up(program(phase(2, 1, 2)));
  const using = await outputs();
  await stack.up(program(phase(2, 2)));
  const after = await outputs();

  const [first, second] = [before.keys.encryptionKey, using.keys.encryptionKey];
  const phases = [before, trusting, using, after];
  expect(phases.map(({ keys }) => [keys.encryptionKey, keys.others])).toEqual([
    [first, []],
    [first, [second]],
    [second, [first]],
    [second, []],
  ]);
  expect(new Set(phases.slice(1).map(({ keys }) => keys.password)).size).toBe(1);
  const [old] = before.trusted;
  const [present] = after.trusted;
  expect(phases.map(({ trusted }) => trusted)).toEqual([[old], [old, present], [present, old], [present]]);
  // Each is signed by the first of those that are trusted.
  expect(phases.map(({ issuers }) => issuers)).toEqual(Array(4).fill([0, 0, 0]));

  const { deployment } = JSON.parse(await stack.pulumi("stack", "export"));
  const stashes = deployment.resources.filter(({ type }: { type: string }) => type === "pulumi:index:Stash");
  const named = (suffix: string) => stashes.find(({ urn }: { urn: string }) => urn.endsWith(`::demo-pki-${suffix}`));
  expect(named("rotation").inputs.input).toEqual(phase(2, 2));
  expect(["encryption", "encryption-2", "etcd", "etcd-2"].map((suffix) => named(suffix) !== undefined)).toEqual([false, true, false, true]);
  expect(await stack.preview(program(phase(2, 2)))).not.toContain("demo-");
});
