import { output, Stash } from "@pulumi/pulumi";
import { expect, it } from "vitest";
import type { EtcdClient } from "../../components/etcd-cluster.ts";
import { CiliumNetwork, type CiliumNetworkArgs } from "../../components/index.ts";
import { ciliumValues } from "../../lib/cni/cilium-values.ts";
import { deploy, isSecret } from "../support/deploy.ts";

const args: CiliumNetworkArgs = { clusterName: "demo", endpoint: output("api.example.com:6443") };
const planOf = (more: Partial<CiliumNetworkArgs> = {}) => deploy(() => new CiliumNetwork("demo", { ...args, ...more }));
const releaseOf = async (more: Partial<CiliumNetworkArgs> = {}) =>
  (await planOf(more)).find(({ type }) => type.endsWith(":Release"))?.inputs;

const POLICY = "kubernetes:cilium.io/v2:CiliumClusterwideNetworkPolicy";

it("installs one release of Cilium's own chart, and the policy that keeps pods from the metadata service", async () => {
  const plan = await planOf();
  expect(plan.map(({ type, name, parent, dependencies }) => `${type} ${name} < ${parent} after ${dependencies}`)).toEqual([
    "caravan:index:CiliumNetwork demo <  after ",
    "kubernetes:helm.sh/v3:Release demo < demo after ",
    `${POLICY} demo-metadata < demo after demo`,
  ]);
  expect(plan.at(-1)?.inputs).toEqual({
    apiVersion: "cilium.io/v2",
    kind: "CiliumClusterwideNetworkPolicy",
    metadata: { name: "caravan-metadata" },
    spec: {
      description: "Pods do not reach the cloud's metadata service.",
      endpointSelector: {},
      enableDefaultDeny: { ingress: false, egress: false },
      egressDeny: [{ toCIDR: ["169.254.169.254/32"] }],
    },
  });
  expect(await releaseOf()).toMatchObject({
    name: "cilium",
    namespace: "kube-system",
    chart: "cilium",
    version: "1.19.6",
    repositoryOpts: { repo: "https://helm.cilium.io" },
    values: ciliumValues({ clusterName: "demo", apiHost: "api.example.com", apiPort: 6443, nodes: 1 }),
  });
});

it("makes no such policy when pods are given access to the metadata service", async () => {
  const plan = await planOf({ metadataAccess: true });
  expect(plan.map(({ type }) => type)).toEqual(["caravan:index:CiliumNetwork", "kubernetes:helm.sh/v3:Release"]);
});

it("refuses a version of Cilium with which pods would lose all egress", () => {
  const program = () => new CiliumNetwork("demo", { ...args, version: "1.15.9" });
  expect(program).toThrow("version: 1.15.9 cannot keep pods from the metadata service; use 1.16 or newer, or metadataAccess true");
});

it("installs the chart from another repository", async () => {
  const release = await releaseOf({ repository: "https://charts.example.com", version: "1.18.0" });
  expect(release).toMatchObject({ version: "1.18.0", repositoryOpts: { repo: "https://charts.example.com" } });
});

it.each(["oci://registry.example.com/cilium", "./charts/cilium"])("installs %s without a repository", async (chart) => {
  const release = await releaseOf({ chart });
  expect(release?.chart).toBe(chart);
  expect(release).not.toHaveProperty("repositoryOpts");
});

const kvstore: EtcdClient = {
  endpoints: output(["https://10.40.0.20:2479"]),
  ca: "ca",
  client: { certificate: "certificate", privateKey: "key" },
};

it("connects to its own etcd with certificates in a Secret, which is created first", async () => {
  const plan = await planOf({ kvstore });
  expect(plan.map(({ type, name, parent, dependencies }) => `${type} ${name} < ${parent} after ${dependencies}`)).toEqual([
    "caravan:index:CiliumNetwork demo <  after ",
    "kubernetes:helm.sh/v3:Release demo < demo after demo-etcd",
    "kubernetes:core/v1:Secret demo-etcd < demo after ",
    `${POLICY} demo-metadata < demo after demo`,
  ]);
  const { metadata, data } = plan.find(({ name }) => name === "demo-etcd")!.inputs;
  expect(metadata).toEqual({ name: "cilium-etcd-secrets", namespace: "kube-system" });
  expect(isSecret(data)).toBe(true);
  expect(await releaseOf({ kvstore })).toMatchObject({
    values: ciliumValues({
      clusterName: "demo",
      apiHost: "api.example.com",
      apiPort: 6443,
      nodes: 1,
      etcdEndpoints: ["https://10.40.0.20:2479"],
    }),
  });
});

it("waits until its etcd answers", async () => {
  const program = () => {
    const etcd = new Stash("etcd", { input: "answers" });
    return new CiliumNetwork("demo", { ...args, kvstore: { ...kvstore, ready: etcd.output } });
  };
  const release = (await deploy(program)).find(({ type }) => type.endsWith(":Release"));
  expect(release?.dependencies).toEqual(["demo-etcd", "etcd"]);
});

it("prefers the user's values to the library's", async () => {
  const values = { operator: { replicas: 1 }, hubble: { enabled: false } };
  expect(await releaseOf({ nodes: 3, values })).toMatchObject({ values: { ...values, kubeProxyReplacement: "true" } });
});
