import { X509Certificate } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, expect, it, vi } from "vitest";
import { parse } from "yaml";
import { ClusterPki, type ClusterPkiArgs } from "../../components/index.ts";
import { keepalivedPassword } from "../../lib/control-plane/virtual-address.ts";
import { createCa } from "../../lib/pki/certificates.ts";
import { certificatesIn } from "../../lib/pki/pem.ts";
import { changes, remembered } from "../support/changes.ts";
import { deploy, type Registered, settled } from "../support/deploy.ts";

let plan: Registered[];
let pki: ClusterPki;

async function make(args: Partial<ClusterPkiArgs> = {}, before: Registered[] = []): Promise<void> {
  plan = await deploy(() => {
    pki = new ClusterPki("demo", { clusterName: "demo", ...args });
  }, before);
}

beforeAll(() => make());

it("keeps CAs and keys in stashes", () => {
  expect(plan.map(({ type, name, parent }) => `${type} ${name} < ${parent}`)).toEqual([
    "caravan:index:ClusterPki demo < ",
    "pulumi:index:Stash demo-administrator < demo",
    "pulumi:index:Stash demo-cluster < demo",
    "pulumi:index:Stash demo-encryption < demo",
    "pulumi:index:Stash demo-etcd < demo",
    "pulumi:index:Stash demo-front-proxy < demo",
    "pulumi:index:Stash demo-service-account < demo",
  ]);
});

it("makes a CA for each purpose, with kubeadm's names", async () => {
  const cas = await Promise.all([pki.cluster, pki.etcd, pki.frontProxy].map(settled));
  expect(cas.map(({ certificate }) => new X509Certificate(certificate).subject)).toEqual([
    "CN=kubernetes",
    "CN=etcd-ca",
    "CN=front-proxy-ca",
  ]);
});

it("has only secret outputs", async () => {
  const outputs = [pki.cluster, pki.etcd, pki.frontProxy, pki.serviceAccount, pki.encryptionKey];
  const all = [...outputs, pki.adminKubeconfig("api.example.com:6443")];
  expect(await Promise.all(all.map((output) => pulumi.isSecret(output as pulumi.Output<unknown>)))).toEqual(Array(6).fill(true));
});

it("signs a kubeconfig for the administrator", async () => {
  const kubeconfig = parse(await settled(pki.adminKubeconfig("api.example.com:6443")));
  const [{ cluster }] = kubeconfig.clusters;
  const certificate = new X509Certificate(decoded(kubeconfig.users[0].user["client-certificate-data"]));
  const ca = decoded(cluster["certificate-authority-data"]);
  expect(cluster.server).toBe("https://api.example.com:6443");
  expect(ca).toBe((await settled(pki.cluster)).certificate);
  expect(certificate.subject).toBe("O=kubeadm:cluster-admins\nCN=kubernetes-admin");
  expect(certificate.checkIssued(new X509Certificate(ca))).toBe(true);
  expect(Math.round((certificate.validToDate.getTime() - Date.now()) / (24 * 60 * 60_000))).toBe(365);
});

it("returns the same CAs and keys in every later run", async () => {
  const before = { plan, pki };
  await make({}, before.plan);
  expect(await settled(pki.cluster)).toEqual(await settled(before.pki.cluster));
  expect(await settled(pki.adminKubeconfig("a:1"))).toBe(await settled(before.pki.adminKubeconfig("a:1")));
});

it("signs the administrator anew 8 months after the CA was made, and shows no change before", async () => {
  await make();
  const trigger = () => plan.find(({ name }) => name === "demo-administrator")?.replacementTrigger;
  expect(trigger()).toBe(0);
  const before = plan;
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 244 * 24 * 60 * 60_000 });
  try {
    await make({}, before);
    expect(trigger()).toBe(1);
  } finally {
    vi.useRealTimers();
  }
});

it("refuses a validity of CAs that is none", async () => {
  await deploy(() => {
    expect(() => new ClusterPki("demo", { clusterName: "demo", caValidity: "10y" })).toThrow(
      'CAs "demo" has 1 invalid property:\n  caValidity: "10y" is not a validity; use hours and minutes as kubeadm writes them, from "24h" to "438000h", like "2160h"',
    );
  });
});

it("uses given CAs, and records them", async () => {
  const [cluster, etcd, frontProxy] = await Promise.all(["given", "given-etcd", "given-proxy"].map((name) => createCa(name)));
  await make({ cluster: cluster!, etcd: etcd!, frontProxy: frontProxy! });
  expect(await settled(pki.cluster)).toEqual(cluster);
  expect(await pulumi.isSecret(pki.etcd)).toBe(true);
  expect(plan.map(({ name }) => name)).toEqual([
    "demo",
    "demo-administrator",
    "demo-cluster",
    "demo-encryption",
    "demo-etcd",
    "demo-front-proxy",
    "demo-service-account",
  ]);
  const kubeconfig = parse(await settled(pki.adminKubeconfig("a:1")));
  expect(decoded(kubeconfig.clusters[0].cluster["certificate-authority-data"])).toBe(cluster?.certificate);
});

it("makes a CA for Cilium's own etcd, or uses a given one", async () => {
  await make();
  expect(pki.ciliumEtcd).toBeUndefined();
  await make({ ciliumEtcd: true });
  expect(new X509Certificate((await settled(pki.ciliumEtcd!)).certificate).subject).toBe("CN=cilium-etcd-ca");
  expect(plan.find(({ name }) => name === "demo-cilium-etcd")?.type).toBe("pulumi:index:Stash");
  const given = await createCa("given");
  await make({ ciliumEtcd: given });
  expect(await settled(pki.ciliumEtcd!)).toEqual(given);
  expect(await pulumi.isSecret(pki.ciliumEtcd!)).toBe(true);
});

it("keeps using a CA that was given once and is not given any more", async () => {
  const given = await createCa("given");
  await make({ cluster: given });
  await make({}, plan);
  expect(await settled(pki.cluster)).toEqual(given);
});

it("keeps a key for each generation that is trusted, and changes nothing else in a rotation", async () => {
  const rotation = (use: number, ...trust: number[]) => ({ rotation: { encryptionKey: { use, trust } } });
  await make();
  let kept = plan;
  const steps: string[][] = [];
  const keys: string[] = [];
  const others: string[][] = [];
  for (const args of [rotation(1, 1, 2), rotation(2, 1, 2), rotation(2, 2)]) {
    const before = plan;
    await make(args, kept);
    steps.push(changes(before, plan));
    kept = remembered(kept, plan);
    keys.push(await settled(pki.encryptionKey));
    others.push(await Promise.all((pki.credentials.trusted?.encryptionKeys ?? []).map((key) => settled(pulumi.output(key)))));
  }
  expect(steps).toEqual([
    ["+ pulumi:index:Stash demo-encryption-2", "+ pulumi:index:Stash demo-rotation", "+ pulumi:index:Stash demo-virtual-address"],
    ["~ pulumi:index:Stash demo-rotation: input"],
    ["~ pulumi:index:Stash demo-rotation: input", "- pulumi:index:Stash demo-encryption"],
  ]);
  const [first, second] = keys;
  expect(first).not.toBe(second);
  expect([keys, others]).toEqual([
    [first, second, second],
    [[second], [first], []],
  ]);
  expect(plan.find(({ name }) => name === "demo-rotation")?.inputs).toEqual({ input: { encryptionKey: { use: 2, trust: [2] } } });
});

it("keeps the password of the virtual address when the encryption key from which it was derived goes", async () => {
  await make();
  let kept = plan;
  const password = keepalivedPassword(await settled(pki.encryptionKey));
  for (const [use, ...trust] of [
    [1, 1, 2],
    [2, 1, 2],
    [2, 2],
  ] as const) {
    await make({ rotation: { encryptionKey: { use, trust } } }, kept);
    kept = remembered(kept, plan);
    expect(await settled(pulumi.output(pki.credentials.virtualAddressPassword!))).toBe(password);
  }
});

it("rotates the key of service accounts and the CA of the front proxy, and has secrets alone in their generations", async () => {
  const phase = { use: 2, trust: [1, 2] };
  await make({ rotation: { serviceAccountKey: phase, frontProxyCa: phase } });
  expect(plan.map(({ name }) => name)).toEqual([
    "demo",
    "demo-administrator",
    "demo-cluster",
    "demo-encryption",
    "demo-etcd",
    "demo-front-proxy",
    "demo-front-proxy-2",
    "demo-rotation",
    "demo-service-account",
    "demo-service-account-2",
  ]);
  const { frontProxyCas = [], serviceAccountKeys = [] } = pki.credentials.trusted ?? {};
  const all = [...frontProxyCas, ...serviceAccountKeys].map((each) => pulumi.output(each));
  expect(await Promise.all(all.map((each) => pulumi.isSecret(each)))).toEqual([true, true]);
  const [former, key] = await Promise.all(all.map(settled));
  expect(new X509Certificate(former!).fingerprint256).not.toBe(
    new X509Certificate((await settled(pki.frontProxy)).certificate).fingerprint256,
  );
  expect(key).not.toBe((await settled(pki.serviceAccount)).publicKey);
});

it("rotates the CA of Cilium's own etcd, and refuses that where there is none", async () => {
  const rotation = { ciliumEtcdCa: { use: 2, trust: [1, 2] } };
  await make({ ciliumEtcd: true, rotation });
  expect(plan.map(({ name }) => name).filter((name) => /cilium|rotation/.test(name))).toEqual([
    "demo-cilium-etcd",
    "demo-cilium-etcd-2",
    "demo-rotation",
  ]);
  const [used, ...trusted] = [pki.ciliumEtcd!.apply(({ certificate }) => certificate), ...pki.trustedCiliumEtcdCas];
  expect(await Promise.all([used, ...trusted].map((each) => pulumi.isSecret(each)))).toEqual([true, true]);
  const recorded = (name: string) => (plan.find((each) => each.name === name)!.inputs.input as { value: { certificate: string } }).value;
  expect(await settled(used)).toBe(recorded("demo-cilium-etcd-2").certificate);
  expect(await Promise.all(trusted.map(settled))).toEqual([recorded("demo-cilium-etcd").certificate]);
  // Control planes have no part in it.
  expect(pki.credentials).not.toHaveProperty("rotation");
  await deploy(() => {
    expect(() => new ClusterPki("demo", { clusterName: "demo", rotation })).toThrow(
      "rotation.ciliumEtcdCa: is for the CA of Cilium's own etcd, and ciliumEtcd is not set; leave it out, or set ciliumEtcd",
    );
  });
});

it("rotates the cluster's CA: the administrator trusts all, and is signed anew by another one", async () => {
  await make();
  let kept = plan;
  const phases: { trusted: string[]; signer: number; trigger: unknown }[] = [];
  const cas: string[] = [(await settled(pki.cluster)).certificate.trim()];
  for (const [use, ...trust] of [
    [1, 1, 2],
    [2, 1, 2],
    [2, 2],
  ] as const) {
    // The engine makes a Stash anew whose trigger has changed.
    await make(
      { rotation: { clusterCa: { use, trust: [...trust] } } },
      kept.filter(({ name }) => use === 1 || name !== "demo-administrator"),
    );
    kept = remembered(kept, plan);
    const { clusters, users } = parse(await settled(pki.adminKubeconfig("a:1")));
    const trusted = certificatesIn(decoded(clusters[0].cluster["certificate-authority-data"]));
    if (cas.length === 1) cas.push(trusted[1]!);
    const client = new X509Certificate(decoded(users[0].user["client-certificate-data"]));
    const signer = cas.findIndex((ca) => client.verify(new X509Certificate(ca).publicKey));
    phases.push({ trusted, signer, trigger: plan.find(({ name }) => name === "demo-administrator")?.replacementTrigger });
  }
  const [first, second] = cas;
  expect(phases).toEqual([
    { trusted: [first, second], signer: 0, trigger: 0 },
    { trusted: [second, first], signer: 1, trigger: "2: 0" },
    { trusted: [second], signer: 1, trigger: "2: 0" },
  ]);
  // The cluster's identity stays that of the first generation's resource.
  expect((await settled(pki.lifetime.urn)).endsWith("demo-cluster")).toBe(true);
});

it("refuses a given CA beside generations of it", async () => {
  const given = await createCa("given");
  await deploy(() => {
    const args = { clusterName: "demo", frontProxy: given, rotation: { frontProxyCa: { use: 1, trust: [1, 2] } } };
    expect(() => new ClusterPki("demo", args)).toThrow(
      'CAs "demo" has 1 invalid property:\n' +
        "  rotation.frontProxyCa: makes CAs, and frontProxy gives one; leave frontProxy out: the given CA is recorded, and stays the first generation",
    );
  });
});

it("refuses certificates that cannot be CAs before it registers anything", async () => {
  const [one, other] = await Promise.all([createCa("one"), createCa("other")]);
  const registered = await deploy(() => {
    const wrong = { clusterName: "demo", etcd: { ...one, privateKey: other.privateKey } };
    expect(() => new ClusterPki("demo", wrong)).toThrow(
      'CAs "demo" has 1 invalid property:\n' +
        "  etcd: has a private key that is not the one of its certificate (CN=one); give both of the same CA",
    );
  });
  expect(registered).toEqual([]);
});

function decoded(base64: string): string {
  return Buffer.from(base64, "base64").toString();
}
