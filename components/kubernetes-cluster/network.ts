import type * as pulumi from "@pulumi/pulumi";
import { DEFAULT_VIRTUAL_ADDRESS_PORT } from "../../lib/control-plane/virtual-address.ts";
import { defined } from "../../lib/defined.ts";
import { API_PORT } from "../../lib/kubeadm/init.ts";
import { nodeNetworks } from "../../lib/network/security-rules.ts";
import { sshCidrs } from "../../lib/ssh/allowed-cidrs.ts";
import { ownBastion } from "../../lib/ssh/own-bastion.ts";
import { type ApiBackend, ApiEndpoint, type ApiEndpointSettings } from "../api-endpoint.ts";
import { Bastion } from "../bastion.ts";
import { ClusterNetwork } from "../cluster-network.ts";
import type { SshAccess } from "../ssh/ssh-access.ts";
import type { ClusterContext } from "./context.ts";

/** Creates or adopts the nodes' network. */
export function createNetwork({ name, args, names, owner, inCloud }: ClusterContext): ClusterNetwork {
  const { apiEndpoint, pools = {}, ssh } = args;
  return new ClusterNetwork(
    `${name}-network`,
    {
      ...owner,
      network: names.network,
      pools,
      apiCidrs: apiEndpoint.allowedCidrs,
      apiPort: apiPort(apiEndpoint),
      sshCidrs: sshCidrs(args).controlPlanes,
      ...defined({ sshPort: ssh?.port }),
    },
    inCloud,
  );
}

/** Makes the endpoint of the API, which forwards to the control planes. */
export function createEndpoint(
  { name, args, owner, inCloud }: ClusterContext,
  { externalNetwork, attachment }: ClusterNetwork,
  backends: pulumi.Output<ApiBackend[]>,
): ApiEndpoint {
  const { cidr } = args.network;
  const network = { ...attachment, cidr, nodeCidrs: nodeNetworks(args.network, args.pools) };
  const floatingIpPool = externalNetwork;
  return new ApiEndpoint(
    `${name}-api`,
    { ...owner, endpoint: args.apiEndpoint, network, backends, ...defined({ floatingIpPool }) },
    inCloud,
  );
}

/** Makes the SSH access to all nodes, and the cluster's own bastion if one is configured. */
export function createSshAccess(
  { name, args, names, owner, inCloud }: ClusterContext,
  network: ClusterNetwork,
  access: SshAccess,
): SshAccess {
  if (!names.bastion) return access;
  const { floatingIpAddress, floatingIpSubnetIds } = ownBastion(args.ssh)!;
  const bastion = new Bastion(
    `${name}-bastion`,
    {
      ...owner,
      machine: names.bastion,
      network: network.attachment,
      ...defined({ floatingIpPool: network.externalNetwork, floatingIpAddress, floatingIpSubnetIds }),
      allowedCidrs: sshCidrs(args).bastion,
      ssh: access,
    },
    inCloud,
  );
  return { ...access, bastion: bastion.access };
}

/** Returns the port of the API for its users. */
function apiPort(endpoint: ApiEndpointSettings): number {
  return endpoint.type === "vip" ? (endpoint.port ?? DEFAULT_VIRTUAL_ADDRESS_PORT) : API_PORT;
}
