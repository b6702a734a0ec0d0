// A load balancer in front of ports without machines.
import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import { ApiEndpoint, ClusterNetwork } from "../../../components/index.ts";

const clusterName = pulumi.getStack();
const controlPlanes = new pulumi.Config().requireNumber("controlPlanes");
const cidr = "10.43.0.0/24";
const allowedCidrs = ["172.24.4.0/22"];

const network = new ClusterNetwork(`${clusterName}-network`, {
  clusterName,
  network: { externalNetwork: "public", cidr },
  apiCidrs: allowedCidrs,
  sshCidrs: [],
});
const { networkId, subnetId } = network.attachment;
const ports = Array.from({ length: controlPlanes }, (_, place) => {
  const name = `${clusterName}-control-plane-${place}`;
  return new openstack.networking.Port(name, { name, networkId, fixedIps: [{ subnetId }] });
});
const backends = ports.map((port) => ({ portId: port.id, address: port.allFixedIps.apply((ips) => ips[0]!) }));
const api = new ApiEndpoint(`${clusterName}-api`, {
  clusterName,
  endpoint: { type: "octavia", allowedCidrs },
  floatingIpPool: network.externalNetwork!,
  network: { ...network.attachment, cidr },
  backends,
});

export const address = api.address;
export const { host, nodeHost } = api.endpoint;
export const members = backends.map(({ address }) => address);
