import { output } from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { CiliumNetwork, type CiliumNetworkArgs } from "../../components/index.ts";
import { ciliumValues } from "../../lib/cilium-values.ts";
import { deploy } from "../support/deploy.ts";

const args: CiliumNetworkArgs = { clusterName: "demo", endpoint: output("api.example.com:6443") };
const planOf = (more: Partial<CiliumNetworkArgs> = {}) => deploy(() => new CiliumNetwork("demo", { ...args, ...more }));
const releaseOf = async (more: Partial<CiliumNetworkArgs> = {}) =>
  (await planOf(more)).find(({ type }) => type.endsWith(":Release"))?.inputs;

it("is one release of Cilium's own chart", async () => {
  expect((await planOf()).map(({ type, name, parent }) => `${type} ${name} < ${parent}`)).toEqual([
    "caravan:index:CiliumNetwork demo < ",
    "kubernetes:helm.sh/v3:Release demo < demo",
  ]);
  expect(await releaseOf()).toMatchObject({
    name: "cilium",
    namespace: "kube-system",
    chart: "cilium",
    version: "1.19.6",
    repositoryOpts: { repo: "https://helm.cilium.io" },
    values: ciliumValues({ clusterName: "demo", apiHost: "api.example.com", apiPort: 6443, nodes: 1 }),
  });
});

it("takes the chart from another repository", async () => {
  const release = await releaseOf({ repository: "https://charts.example.com", version: "1.18.0" });
  expect(release).toMatchObject({ version: "1.18.0", repositoryOpts: { repo: "https://charts.example.com" } });
});

it.each(["oci://registry.example.com/cilium", "./charts/cilium"])("takes %s without a repository", async (chart) => {
  const release = await releaseOf({ chart });
  expect(release?.chart).toBe(chart);
  expect(release).not.toHaveProperty("repositoryOpts");
});

it("lets the user's values win over the library's", async () => {
  const values = { operator: { replicas: 1 }, hubble: { enabled: false } };
  expect(await releaseOf({ nodes: 3, values })).toMatchObject({ values: { ...values, kubeProxyReplacement: "true" } });
});
