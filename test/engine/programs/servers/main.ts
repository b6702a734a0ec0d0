import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import { ClusterNetwork } from "../../../../components/index.ts";
import { withShortStackTraces } from "../../../../components/node-pool/short-stack-traces.ts";
import { portId, workerPort } from "../../../../components/node-pool/worker-port.ts";
import { WorkerServer } from "../../../../components/node-pool/worker-server.ts";
import { replacementTrigger } from "../../../../components/openstack/lost-machines.ts";
import { clusterTags, FIRST_BOOT_PROPERTIES, STATEFUL_PROPERTIES, serverArgs, zoneArgs } from "../../../../components/openstack/machine.ts";
import { withRetries } from "../../../../components/openstack/retries.ts";
import { nodeKeys } from "../../../../lib/pool/node-keys.ts";
import { createSshKey } from "../../../../lib/ssh/key.ts";
import { prepareRun } from "../../../../operations/prepare-run.ts";

/** OpenStack resources of a cluster without SSH: network, groups, and the servers as ControlPlane and NodePool make them. */
const clusterName = "scale";
const config = new pulumi.Config();
const availabilityZones = config.getObject<string[]>("zones");
await prepareRun(clusterName);

/** Ids of an existing network and subnet. @default a network of the cluster's own */
const adopt = config.getObject<{ networkId: string; subnetId: string }>("adopt");
const cidr = "10.40.0.0/16";

const { attachment, controlPlaneGroupIds } = new ClusterNetwork(clusterName, {
  clusterName,
  network: adopt ? { adopt, cidr } : { externalNetwork: "public", cidr },
  apiCidrs: ["172.24.4.0/22"],
  sshCidrs: ["172.24.4.0/22"],
});
const key = createSshKey(clusterName);
const ssh = { publicKey: key.publicKey };

class ControlPlaneServers extends pulumi.ComponentResource {
  constructor(name: string, count: number) {
    super("caravan:index:ControlPlane", name, {}, withRetries());
    const machine = { image: "node", flavor: "node.medium" };
    const common = serverArgs({ machine, clusterName, ssh }, this, { name, ...(count > 1 ? { serverGroup: "soft-anti-affinity" } : {}) });
    for (const node of nodeKeys({ count }).map((each) => `${name}-${each}`)) {
      const { networkId, subnetId, ready } = attachment;
      const place = { networkId, fixedIps: [{ subnetId }], securityGroupIds: controlPlaneGroupIds };
      const made = new openstack.networking.Port(node, { name: node, ...place, tags: clusterTags(clusterName) }, { parent: this });
      const port = pulumi.all([made.id, ready]).apply(([id]) => id);
      const options = { parent: this, ignoreChanges: STATEFUL_PROPERTIES, deleteBeforeReplace: true };
      new openstack.compute.Instance(node, { ...common, name: node, networks: [{ port }] }, options);
    }
    this.registerOutputs({});
  }
}

class Workers extends pulumi.ComponentResource {
  constructor(name: string, count: number) {
    super("caravan:index:NodePool", name, {}, withRetries());
    const image = config.get("image") ?? "node";
    const machine = { image, flavor: "node.small", ...(availabilityZones ? { availabilityZones } : {}) };
    const common = serverArgs({ machine, clusterName, pool: "workers", ssh }, this, { name });
    const uuid = pulumi.all([attachment.networkId, attachment.ready]).apply(([id]) => id);
    const args = { ...common, networks: [{ uuid }], securityGroups: attachment.securityGroups };
    const options = { parent: this, replaceOnChanges: ["imageId", "#initerror"], ignoreChanges: FIRST_BOOT_PROPERTIES };
    withShortStackTraces(() => {
      for (const ordinal of nodeKeys({ count })) {
        const server = `${name}-${ordinal}`;
        const port =
          attachment.workerPorts && workerPort(server, { clusterName, network: attachment, machine, server: common }, { parent: this });
        const own = port ? { ...common, networks: [{ port: portId(port) }] } : args;
        new WorkerServer(server, { ...own, ...zoneArgs(machine, Number(ordinal)) }, { ...options, ...replacementTrigger(this, server) });
      }
    });
    this.registerOutputs({});
  }
}

new ControlPlaneServers(`${clusterName}-control-plane`, config.requireNumber("controlPlanes"));
new Workers(`${clusterName}-workers`, config.requireNumber("workers"));
