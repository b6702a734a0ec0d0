import { expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { initConfiguration } from "../../../lib/kubeadm/init.ts";
import { SUPPORTED_MINORS } from "../../../lib/node/kubernetes-version.ts";
import { clusterConfigurationArgs } from "../../support/kubeadm-args.ts";

it.each(SUPPORTED_MINORS)("configures kubeadm init for Kubernetes %s, each argument as an entry of a list", async (minor) => {
  const text = initConfiguration({ cluster: { ...clusterConfigurationArgs, kubernetesVersion: `${minor}.0` }, registration: {} });
  await expect(text).toMatchFileSnapshot(`../../golden/kubeadm-init-${minor}.yaml`);
  const [init, cluster, kubelet] = documents(text);
  expect([init, cluster, kubelet].map(({ apiVersion, kind }) => `${apiVersion} ${kind}`)).toEqual([
    "kubeadm.k8s.io/v1beta4 InitConfiguration",
    "kubeadm.k8s.io/v1beta4 ClusterConfiguration",
    "kubelet.config.k8s.io/v1beta1 KubeletConfiguration",
  ]);
  expect(cluster.kubernetesVersion).toBe(`v${minor}.0`);
});

it("starts the API server on the node's own address", () => {
  const [init] = documents(initConfiguration({ cluster: clusterConfigurationArgs, registration: {} }));
  expect(init.localAPIEndpoint).toEqual({ advertiseAddress: "@NODE_ADDRESS@", bindPort: 6443 });
});

it("gives every kubelet the settings of the cluster", () => {
  const [, , kubelet] = documents(initConfiguration({ cluster: clusterConfigurationArgs, kubelet: { maxPods: 50 }, registration: {} }));
  expect(kubelet.maxPods).toBe(50);
});

// biome-ignore lint/suspicious/noExplicitAny: the documents' types are kubeadm's
function documents(text: string): any[] {
  return parseAllDocuments(text).map((document) => document.toJS());
}
