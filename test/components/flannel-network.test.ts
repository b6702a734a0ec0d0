import { expect, it } from "vitest";
import { FlannelNetwork, type FlannelNetworkArgs } from "../../components/flannel-network.ts";
import { flannelValues } from "../../lib/cni/flannel-values.ts";
import { deploy } from "../support/deploy.ts";

const args: FlannelNetworkArgs = { podCidr: "10.244.0.0/16" };
const planOf = (more: Partial<FlannelNetworkArgs> = {}) => deploy(() => new FlannelNetwork("demo", { ...args, ...more }));
const inputsOf = async (name: string, more: Partial<FlannelNetworkArgs> = {}) =>
  (await planOf(more)).find((resource) => resource.name === name && resource.type.startsWith("kubernetes:"))?.inputs;

it("installs one release of flannel's own chart in its own namespace", async () => {
  expect((await planOf()).map(({ type, name, parent, dependencies }) => `${type} ${name} < ${parent} after ${dependencies}`)).toEqual([
    "caravan:index:FlannelNetwork demo <  after ",
    "kubernetes:helm.sh/v3:Release demo < demo after demo-namespace",
    "kubernetes:core/v1:Namespace demo-namespace < demo after ",
  ]);
  expect(await inputsOf("demo")).toMatchObject({
    name: "flannel",
    namespace: "kube-flannel",
    chart: "flannel",
    version: "v0.28.10",
    repositoryOpts: { repo: "https://flannel-io.github.io/flannel" },
    values: flannelValues(args),
  });
});

it("lets flannel's pods set up the network of their nodes", async () => {
  expect(await inputsOf("demo-namespace")).toMatchObject({
    metadata: { name: "kube-flannel", labels: { "pod-security.kubernetes.io/enforce": "privileged" } },
  });
});

it("installs the chart from another repository, in another version", async () => {
  const release = await inputsOf("demo", { repository: "https://charts.example.com", version: "v0.28.4" });
  expect(release).toMatchObject({ version: "v0.28.4", repositoryOpts: { repo: "https://charts.example.com" } });
});

it("prefers the user's values to the library's", async () => {
  const values = { flannel: { backend: "host-gw", mtu: 1400 } };
  expect(await inputsOf("demo", { port: 4789, values })).toMatchObject({
    values: { podCidr: "10.244.0.0/16", flannel: { ...values.flannel, backendPort: 4789 } },
  });
});
