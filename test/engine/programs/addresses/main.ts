import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import { ApiEndpoint, ClusterNetwork, prepareRun } from "../../../../components/index.ts";
import { clearUpOnDeletion } from "../../../../components/openstack/clear-up.ts";
import { markedDescription } from "../../../../components/openstack/mark.ts";
import { withRetries } from "../../../../components/openstack/retries.ts";
import { addressOf } from "../../../../components/openstack/stable-port.ts";

/** Network of a cluster, with the addresses of its API and of its bastion. It has no machine, so nothing needs SSH. */
const clusterName = "demo";
const config = new pulumi.Config();
await prepareRun(clusterName);
const stash = new pulumi.Stash(`${clusterName}-mark`, { input: "nothing" });
const owner = { clusterName, mark: stash.id };
const child = { dependsOn: clearUpOnDeletion(`${clusterName}-leftovers`, [stash.id], {}) };
const allowedCidrs = ["172.24.4.0/22"];
const cidr = "10.40.0.0/16";
const externalNetwork = config.get("external-network") ?? "public";

class Bastion extends pulumi.ComponentResource {
  constructor(name: string, hasAddress: boolean, after: pulumi.Resource) {
    super("caravan:index:Bastion", name, {}, withRetries(child));
    if (!hasAddress) return;
    const args = { pool: "public", ...markedDescription(owner, name) };
    new openstack.networking.FloatingIp(name, args, { parent: this, ignoreChanges: ["description"], dependsOn: after });
    this.registerOutputs({});
  }
}

const network = new ClusterNetwork(
  `${clusterName}-network`,
  { ...owner, network: { externalNetwork, cidr }, apiCidrs: allowedCidrs, sshCidrs: allowedCidrs },
  child,
);
const port = new openstack.networking.Port(clusterName, {
  networkId: network.attachment.networkId,
  fixedIps: [{ subnetId: network.attachment.subnetId }],
});
const api = new ApiEndpoint(
  `${clusterName}-api`,
  {
    ...owner,
    endpoint: { type: "floatingIp", allowedCidrs },
    floatingIpPool: network.externalNetwork!,
    network: { ...network.attachment, cidr },
    backends: [{ portId: port.id, address: addressOf(port) }],
  },
  child,
);
new Bastion(`${clusterName}-bastion`, config.getBoolean("bastion") ?? false, api);
