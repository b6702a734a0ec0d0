import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import { defined } from "../lib/defined.ts";
import { checkCidrs } from "../lib/network/cidr.ts";
import { checkNetwork, checkPoolNetwork } from "../lib/network/rules.ts";
import { apiCidrs, controlPlaneRules, nodeAccess, nodeRules } from "../lib/network/security-rules.ts";
import type { AdoptedNetworkSettings, NetworkSettings, OwnNetworkSettings } from "../lib/network/settings.ts";
import type { PoolNetworkSettings } from "../lib/pool/settings.ts";
import { Problems } from "../lib/problems.ts";
import { completeWith } from "./engine/completion.ts";
import { after } from "./engine/gate.ts";
import { clearUpOnDeletion } from "./openstack/clear-up.ts";
import { CloudLookups, type ExternalNetwork } from "./openstack/cloud-lookups.ts";
import { clusterTags } from "./openstack/machine.ts";
import { type MarkArgs, markedDescription } from "./openstack/mark.ts";
import { withRetries } from "./openstack/retries.ts";
import { securityGroup } from "./openstack/security-group.ts";

export interface ClusterNetworkArgs extends MarkArgs {
  /** Network to create or adopt. */
  network: NetworkSettings;
  /** Pools of the cluster. Nodes in other networks and imported servers get access as well. @default all nodes are in the network */
  pools?: Record<string, object>;
  /** Networks that may reach the Kubernetes API. */
  apiCidrs: string[];
  /** Port of the API on control planes, from 1 to 65535; with type "vip" that of the endpoint. @default 6443 */
  apiPort?: number;
  /** Networks that may reach control planes over SSH. */
  sshCidrs: string[];
  /** SSH port of the nodes. @default 22 */
  sshPort?: number;
}

/** Network of machines. It is plain data, so that any program can supply it. */
export interface NetworkAttachment {
  networkId: pulumi.Input<string>;
  subnetId: pulumi.Input<string>;
  /** Names of the security groups of every machine. They are names and not ids, because Nova takes names. */
  securityGroups: pulumi.Input<string>[];
  /** Ids of the same security groups, which Neutron takes. @default none; needed with workerPorts */
  securityGroupIds?: pulumi.Input<string>[];
  /**
   * Makes each worker's port before its server, in the subnet. Without it, Nova makes the port, in any IPv4 subnet of the network.
   * @default false
   */
  workerPorts?: boolean;
  /** Known once machines in the network can reach outside networks. They are created after that. @default at once */
  ready?: pulumi.Input<unknown>;
}

type AttachmentIds = Omit<NetworkAttachment, "securityGroups" | "securityGroupIds">;

/** Network, subnet, router and security groups of a cluster; in an adopted network the security groups alone. */
export class ClusterNetwork extends pulumi.ComponentResource {
  /** Network of every node. */
  readonly attachment: NetworkAttachment;
  /** Id of the security group of every node. */
  readonly nodeGroupId: pulumi.Output<string>;
  /** Ids of the security groups of a control plane's port: that of every node, and that of the API and SSH. */
  readonly controlPlaneGroupIds: pulumi.Output<string>[];
  /** External network, if one is given. */
  readonly externalNetwork?: pulumi.Output<ExternalNetwork>;

  constructor(name: string, args: ClusterNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    validate(name, args);
    const { network, sshPort = 22 } = args;
    const access = nodeAccess(network, args.pools);
    const rules = {
      nodes: nodeRules(access, sshPort),
      controlPlane: controlPlaneRules(apiCidrs(args.apiCidrs, access), args.sshCidrs, sshPort, args.apiPort),
    };
    // The names of the rules are an argument, so that other rules leave the component incomplete until they exist.
    super(
      "caravan:index:ClusterNetwork",
      name,
      { rules: Object.values(rules).flatMap((all) => all.map((rule) => rule.name)) },
      withRetries(opts),
    );

    if (network.externalNetwork !== undefined) this.externalNetwork = new CloudLookups(this).externalNetwork(network.externalNetwork);
    const nodes = securityGroup(`${name}-nodes`, args, rules.nodes, this);
    const controlPlane = securityGroup(`${name}-control-plane`, args, rules.controlPlane, this);

    this.nodeGroupId = nodes.id;
    this.controlPlaneGroupIds = [nodes.id, controlPlane.id];
    const ids = "adopt" in network ? this.#adoptedNetwork(name, network) : this.#ownNetwork(name, args, network);
    this.attachment = { ...ids, securityGroups: [nodes.name], securityGroupIds: [nodes.id] };
    this.registerOutputs(completeWith({ ready: true }, [ids.ready, nodes.made, controlPlane.made]));
  }

  #ownNetwork(name: string, owner: ClusterNetworkArgs, { cidr, dnsServers = [], router }: OwnNetworkSettings): AttachmentIds {
    const tags = clusterTags(owner.clusterName);
    const marked = { ...markedDescription(owner, name), tags };
    const child = { parent: this };
    const markedChild = { ...child, ignoreChanges: ["description"] };
    const network = new openstack.networking.Network(name, marked, markedChild);
    const subnet = new openstack.networking.Subnet(name, { networkId: network.id, cidr, dnsNameservers: dnsServers, tags }, child);
    const routerId =
      router ?? new openstack.networking.Router(name, { externalNetworkId: this.externalNetwork!.id, ...marked }, markedChild).id;
    // Created between the subnet and the objects in it, and so deleted between them: orphans go before the subnet does.
    const cleared = clearUpOnDeletion(
      `${name}-leftovers`,
      [subnet.id, owner.mark].filter((id) => id !== undefined),
      child,
    );
    const subnetId = after(subnet.id, cleared.id);
    return { networkId: network.id, subnetId, ready: this.#link(name, routerId, subnetId) };
  }

  #adoptedNetwork(name: string, { adopt: { networkId, subnetId, routerId }, workerPorts = true }: AdoptedNetworkSettings): AttachmentIds {
    const ready = routerId === undefined ? undefined : this.#link(name, routerId, subnetId);
    return { networkId, subnetId, workerPorts, ...defined({ ready }) };
  }

  #link(name: string, routerId: pulumi.Input<string>, subnetId: pulumi.Input<string>): pulumi.Output<string> {
    return new openstack.networking.RouterInterface(name, { routerId, subnetId }, { parent: this }).id;
  }
}

function validate(name: string, { network, pools = {}, apiCidrs: networks, sshCidrs }: ClusterNetworkArgs): void {
  const problems = new Problems();
  checkNetwork(network, problems.at("network"));
  for (const [pool, { network: own }] of Object.entries(pools as Record<string, { network?: PoolNetworkSettings }>))
    if (own) checkPoolNetwork(own, problems.at(`pools.${pool}.network`));
  checkCidrs("apiCidrs", networks, problems);
  checkCidrs("sshCidrs", sshCidrs, problems);
  problems.throwIfAny(`cluster network "${name}"`);
}
