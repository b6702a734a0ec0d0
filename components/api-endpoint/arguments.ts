import type * as pulumi from "@pulumi/pulumi";
import type { NetworkAttachment } from "../cluster-network.ts";
import type { MarkArgs } from "../openstack/mark.ts";

/** What an endpoint of any kind can have. */
export interface CommonEndpointArgs {
  /** Networks from which the API is open; at least one, and never silently the whole internet. */
  allowedCidrs: string[];
  /** Name in Designate's DNS for users; the API's certificate is for it, too. @default none */
  dns?: DnsArgs;
}

/** A DNS name of the endpoint. */
export interface DnsArgs {
  /** Name, with or without final dot, or id of a zone of the project. */
  zone: string;
  /** Name in the zone. @default the cluster's name */
  name?: string;
}

/** A floating IP on the one control plane. */
export interface FloatingIpEndpointArgs extends CommonEndpointArgs {
  type: "floatingIp";
}

/**
 * An address of the nodes' network that the control planes hold among themselves: keepalived moves it, haproxy forwards it. For
 * clouds without a load balancer that let ports have further addresses (allowed address pairs).
 */
export interface VirtualAddressEndpointArgs extends CommonEndpointArgs {
  type: "vip";
  /** The address, in the nodes' network and not in use. @default Neutron chooses */
  address?: string;
  /** Port of the API there, from 1 to 65535 and none that a control plane uses for something else. @default 8443 */
  port?: number;
  /** Whether a floating IP leads to the address, for users outside. @default true when the network has an external network */
  floatingIp?: boolean;
}

/** A load balancer of OpenStack's Octavia, with a floating IP when the network has an external network. */
export interface LoadBalancerEndpointArgs extends CommonEndpointArgs {
  type: "octavia";
}

/** An address that somebody else forwards to the control planes' port 6443. */
export interface ExternalEndpointArgs extends CommonEndpointArgs {
  type: "external";
  /** Host name or address, for nodes and for users; an address if it is to have a DNS name. */
  host: pulumi.Input<string>;
  /** Port at which the forwarder listens, from 1 to 65535. @default 6443 */
  port?: number;
}

export type ApiEndpointArgs = FloatingIpEndpointArgs | VirtualAddressEndpointArgs | LoadBalancerEndpointArgs | ExternalEndpointArgs;

/** The network that an endpoint's own address is in. */
export interface EndpointNetwork extends Pick<NetworkAttachment, "networkId" | "subnetId" | "ready"> {
  /** Addresses of the subnet, like "10.40.0.0/16". */
  cidr: string;
}

export interface ApiEndpointComponentArgs extends MarkArgs {
  /** Kind of endpoint. */
  endpoint: ApiEndpointArgs;
  /** Name of the external network that a floating IP is taken from; needed for type "floatingIp". */
  floatingIpPool?: pulumi.Input<string>;
  /** Network of the control planes; needed for the types "vip" and "octavia". */
  network?: EndpointNetwork;
}

/** Where the API is reached. Plain data, so that any program can supply it. */
export interface Endpoint {
  /** Host name or address for users. */
  host: pulumi.Input<string>;
  /** Host name or address for nodes. @default the address of the first control plane */
  nodeHost?: pulumi.Input<string>;
  /** Port, for nodes and for users, from 1 to 65535. @default 6443 */
  port?: number;
  /** Address at which the first control plane is reached over SSH from outside. @default its own */
  sshHost?: pulumi.Input<string>;
  /** Names and addresses that the API's certificate is for, beside the hosts. @default none */
  certificateNames?: pulumi.Input<string>[];
  /** Address that the control planes hold among themselves. @default none */
  virtualAddress?: pulumi.Input<string>;
}
