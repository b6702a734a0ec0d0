// All uses of volumes in the library: members of an etcd with data volumes, and a worker that boots from a volume.
import * as pulumi from "@pulumi/pulumi";
import { ClusterNetwork, ClusterPki, EtcdCluster, NodePool, SshKey } from "../../../../components/index.ts";

const clusterName = pulumi.getProject();
const config = new pulumi.Config();
const cidr = config.require("cidr");
/** Size of volumes in GiB; 0 for no volumes. */
const size = config.requireNumber("dataGib");
const sshPort = config.requireNumber("sshPort");
const common = { clusterName, kubernetesVersion: "1.36.3" };

const network = new ClusterNetwork("network", {
  clusterName,
  network: { externalNetwork: "public", cidr },
  apiCidrs: [cidr],
  sshCidrs: [cidr],
  sshPort,
});
const key = new SshKey("key", { port: sshPort });
const placed = { network: network.attachment, ssh: key.access };
const pki = new ClusterPki("pki", { clusterName });

const etcd = new EtcdCluster("etcd", {
  ...common,
  ...placed,
  members: 3,
  machine: { image: "node", flavor: config.require("etcdFlavor") },
  ...(size > 0 ? { dataVolume: { size, type: config.require("dataType") } } : {}),
  securityGroupIds: network.controlPlaneGroupIds,
  ca: pki.etcd,
});

new NodePool("pool", {
  ...common,
  ...placed,
  pool: "default",
  count: 1,
  machine: { image: "node", flavor: "node.small", volume: { size: 20 } },
  join: {
    endpoint: "api.invalid:6443",
    ca: pki.cluster.apply(({ certificate }) => certificate),
    // Any address: the machines of this cluster have SSH only, and no API.
    controlPlanes: etcd.members.apply((members) => members.map((member) => ({ ...member, id: member.name }))),
    lifetime: pki.lifetime,
  },
});
