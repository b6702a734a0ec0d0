import type { Input } from "@pulumi/pulumi";
import { z } from "zod";
import { either, input, object, oneWord, text, texts } from "../schema.ts";

/** A network of the cluster's own. */
export interface OwnNetworkSettings {
  /** Name or id of the external network that the router leads to. */
  externalNetwork: Input<string>;
  /** Addresses of the nodes, like "10.40.0.0/16". */
  cidr: string;
  /** DNS servers of the nodes. @default those of OpenStack's DHCP */
  dnsServers?: string[];
  /** Id of an existing router that leads to the external network; the subnet is linked to it. @default a router of the cluster's own */
  router?: Input<string>;
  /** Further networks with nodes, like "10.50.0.0/24", all of whose machines reach every port of every node. @default none: nodes of pools in other networks are let in by security group */
  nodeCidrs?: string[];
  /** Networks from which NodePorts of Services are open on every node: TCP and UDP 30000 to 32767, Kubernetes' default range; [] for none. @default none: a load balancer outside of the nodes' network does not reach them */
  nodePortCidrs?: string[];
}

/** Ids of an existing network. */
export interface AdoptedIds {
  /** Id of the network. */
  networkId: Input<string>;
  /** Id of the subnet. */
  subnetId: Input<string>;
  /** Id of the router that the subnet is to be linked to. @default the subnet is taken for linked already */
  routerId?: Input<string>;
}

/** An existing network, which is left alone. */
export interface AdoptedNetworkSettings {
  /** Ids of the network, its subnet and a router. */
  adopt: AdoptedIds;
  /** Addresses of the subnet, like "10.40.0.0/16". */
  cidr: string;
  /** Name or id of the external network for floating IPs. @default none; needed for an API endpoint with a floating IP */
  externalNetwork?: Input<string>;
  /**
   * Machines of this network that reach every port of every node: "nodes", the cluster's own, by their security group, or "network", all of them.
   * The former costs Neutron's agents more by the square of the nodes; where all machines in the network are trusted, use "network" beyond some
   * hundred nodes. SSH and the API are open to the whole network in any case. @default "nodes"
   */
  openTo?: "nodes" | "network";
  /**
   * Makes each worker's port before its server, in the subnet. With false, Nova makes the port, in any IPv4 subnet of the network: one object
   * less for each worker, for a network that has no other IPv4 subnet. A change recreates the workers. @default true
   */
  workerPorts?: boolean;
  /** Further networks with nodes, like "10.50.0.0/24", all of whose machines reach every port of every node. @default none: nodes of pools in other networks are let in by security group */
  nodeCidrs?: string[];
  /** Networks from which NodePorts of Services are open on every node: TCP and UDP 30000 to 32767, Kubernetes' default range; [] for none. @default none: a load balancer outside of the nodes' network does not reach them */
  nodePortCidrs?: string[];
}

/** Floating IP of an API endpoint or of a bastion: a new one, or an existing one. */
export interface FloatingIpSettings {
  /** Address of an existing floating IP of the project, which nothing else uses; it outlives the cluster. @default a new floating IP, which is deleted with the cluster */
  floatingIpAddress?: Input<string>;
  /** Ids of subnets of the external network that a new floating IP is taken from: the first with a free address; it stays when they change. @default Neutron chooses */
  floatingIpSubnetIds?: Input<string>[];
}

/** Network of the nodes. */
export type NetworkSettings = OwnNetworkSettings | AdoptedNetworkSettings;

/** Schemas of the properties of FloatingIpSettings. @internal */
export const floatingIp = { floatingIpAddress: input.optional(), floatingIpSubnetIds: z.array(input).min(1).optional() };

const ownNetwork = object({
  externalNetwork: input,
  cidr: text,
  dnsServers: texts.optional(),
  router: input.optional(),
  nodeCidrs: texts.optional(),
  nodePortCidrs: texts.optional(),
});

const adoptedNetwork = object({
  adopt: object({ networkId: input, subnetId: input, routerId: input.optional() }),
  cidr: text,
  externalNetwork: input.optional(),
  openTo: oneWord(["nodes", "network"]).optional(),
  workerPorts: z.boolean().optional(),
  nodeCidrs: texts.optional(),
  nodePortCidrs: texts.optional(),
});

/** Schema of NetworkSettings. @internal */
export const network = either("adopt", adoptedNetwork, ownNetwork, "must be an object with externalNetwork and cidr, or adopt and cidr");
