// Everything of the library that has volumes: members of an etcd with volumes for their data, and a worker that boots from one.
import * as pulumi from "@pulumi/pulumi";
import { ClusterNetwork, ClusterPki, EtcdCluster, NodePool, SshKey } from "../../../../components/index.ts";

const clusterName = pulumi.getProject();
const config = new pulumi.Config();
const cidr = config.require("cidr");
/** GiB; 0: no volumes. */
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
    // Whoever answers: behind the SSH of this cluster's machines, there is no API.
    controlPlanes: etcd.members.apply((members) => members.map((member) => ({ ...member, id: member.name }))),
    lifetime: pki.lifetime,
  },
});
