// Program that composes a cluster from the library's components: one control plane, two different pools of workers, and Cilium.
// Each component takes plain data. So any of them can be left out, and its data can come from elsewhere.
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  type ApiBackend,
  ApiEndpoint,
  CiliumNetwork,
  ClusterNetwork,
  ClusterPki,
  ClusterProvider,
  ControlPlane,
  checkConfig,
  NodePool,
  prepareRun,
  SshKey,
} from "caravan";

checkConfig(["image", "flavor", "allowedCidr", "externalNetwork", "ignorePreflightErrors", "kubelet", "cilium"]);
const config = new pulumi.Config();
const clusterName = pulumi.getStack();
await prepareRun(clusterName);
const machine = { image: config.require("image"), flavor: config.require("flavor") };
const allowedCidrs = [config.require("allowedCidr")];
const software = {
  kubernetesVersion: "1.36.3",
  ignorePreflightErrors: config.getObject<string[]>("ignorePreflightErrors") ?? [],
  kubelet: { configuration: config.getObject<Record<string, unknown>>("kubelet") ?? {} },
};

const pki = new ClusterPki("pki", { clusterName });
const key = new SshKey("ssh", {});
const cidr = "10.41.0.0/24";
const network = new ClusterNetwork("network", {
  clusterName,
  network: { externalNetwork: config.require("externalNetwork"), cidr },
  apiCidrs: allowedCidrs,
  sshCidrs: allowedCidrs,
  mark: pki.lifetime.id,
});
// Endpoint and control planes need each other's outputs: the endpoint forwards to the control planes, which need its address.
const [backends, resolveBackends] = pulumi.deferredOutput<ApiBackend[]>();
const api = new ApiEndpoint("api", {
  clusterName,
  endpoint: { type: "floatingIp", allowedCidrs },
  floatingIpPool: network.externalNetwork!,
  network: { ...network.attachment, cidr },
  backends,
});
const controlPlane = new ControlPlane("control-plane", {
  ...software,
  clusterName,
  mark: pki.lifetime.id,
  machine,
  network: network.attachment,
  securityGroupIds: network.controlPlaneGroupIds,
  endpoint: api.endpoint,
  credentials: pki.credentials,
  ssh: key.access,
  cidrs: { podCidr: "10.244.0.0/16", serviceCidr: "10.96.0.0/12", nodeCidrMask: 24 },
  kubeProxy: false,
});
resolveBackends(controlPlane.backends);

const worker = { ...software, clusterName, machine, network: network.attachment, join: controlPlane.join, ssh: controlPlane.ssh };
const web = new NodePool("web", { ...worker, pool: "web", count: 1, labels: { tier: "web" } });
const batch = new NodePool("batch", { ...worker, pool: "batch", count: 1, taints: [{ key: "batch", effect: "NoSchedule" }] });

export const kubeconfig = pki.adminKubeconfig(api.address);
const provider = new ClusterProvider("cluster", { kubeconfig, ready: controlPlane.ready, lifetime: pki.lifetime });
new CiliumNetwork(
  "cilium",
  {
    clusterName,
    endpoint: controlPlane.join.endpoint,
    nodes: 3,
    ...config.getObject<{ repository: string; values: Record<string, unknown> }>("cilium"),
  },
  { provider, deletedWith: pki.lifetime },
);

// Components are ordinary Pulumi resources, so further resources of the cluster can stand beside them. The provider waits for the API.
// Resources that also need nodes get `dependsOn: web.ready`.
const namespace = new kubernetes.core.v1.Namespace("shop", { metadata: { name: "shop" } }, { provider, deletedWith: pki.lifetime });

export const shop = namespace.metadata.name;
export const nodes = { web: web.nodes, batch: batch.nodes };
