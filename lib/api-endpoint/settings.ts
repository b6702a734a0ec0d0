import type { Input } from "@pulumi/pulumi";
import { z } from "zod";
import { type FloatingIpSettings, floatingIp } from "../network/settings.ts";
import { bounded, input, object, oneOf, ruledWord, text } from "../schema.ts";

/** Settings of an endpoint of any type. */
export interface CommonEndpointSettings {
  /** Networks from which the API is open; at least one, and never silently the whole internet. */
  allowedCidrs: string[];
  /** Name in Designate's DNS for users; the API's certificate is for it, too. @default none */
  dns?: DnsSettings;
}

/** DNS name of the endpoint. */
export interface DnsSettings {
  /** Name, with or without final dot, or id of a zone of the project. */
  zone: string;
  /** Name in the zone. @default the cluster's name */
  name?: string;
}

/** A floating IP on the one control plane. */
export interface FloatingIpEndpointSettings extends CommonEndpointSettings, FloatingIpSettings {
  /** Type of endpoint. */
  type: "floatingIp";
}

/**
 * An address of the nodes' network that the control planes hold among themselves: keepalived moves it, haproxy forwards it. For
 * clouds without a load balancer that let ports have further addresses (allowed address pairs).
 */
export interface VirtualAddressEndpointSettings extends CommonEndpointSettings, FloatingIpSettings {
  /** Type of endpoint. */
  type: "vip";
  /** Address, in the nodes' network and not in use. @default Neutron chooses */
  address?: string;
  /** Port of the API there, from 1 to 65535 and none that a control plane uses for something else. @default 8443 */
  port?: number;
  /** Floating IP that leads to the address, for users outside. @default true when the network has an external network */
  floatingIp?: boolean;
}

/** Algorithms of Octavia that give a connection to a control plane. */
export const ALGORITHMS = ["LEAST_CONNECTIONS", "ROUND_ROBIN", "SOURCE_IP", "SOURCE_IP_PORT"] as const;

/** Health monitors: "HTTPS" asks for /readyz, "TCP" only connects. */
export const MONITORS = ["HTTPS", "TCP"] as const;

export type LoadBalancerAlgorithm = (typeof ALGORITHMS)[number];
export type LoadBalancerMonitor = (typeof MONITORS)[number];

/** A load balancer of OpenStack's Octavia. */
export interface LoadBalancerEndpointSettings extends CommonEndpointSettings, FloatingIpSettings {
  /** Type of endpoint. */
  type: "octavia";
  /**
   * Provider: "amphora", "ovn" or another one that the cloud has; it cannot be changed.
   * @default the cloud's default provider, and settings that it can do
   */
  provider?: string;
  /**
   * Algorithm that gives connections to control planes: "LEAST_CONNECTIONS", "ROUND_ROBIN", "SOURCE_IP" or "SOURCE_IP_PORT". It needs
   * `provider`, because no algorithm is possible with every one; changed in place.
   * @default "SOURCE_IP_PORT" with the provider ovn, else "LEAST_CONNECTIONS"
   */
  algorithm?: LoadBalancerAlgorithm;
  /**
   * Health monitor: "HTTPS", which asks each API server whether it is ready and needs `provider`, or "TCP", which only connects; a change
   * recreates the monitor.
   * @default "TCP" with the provider ovn, else "HTTPS"
   */
  monitor?: LoadBalancerMonitor;
  /** Floating IP that leads to the load balancer, for users outside. @default true when the network has an external network */
  floatingIp?: boolean;
  /** Id of a flavor of Octavia, not with the provider ovn; it cannot be changed. @default none */
  flavorId?: Input<string>;
  /** Availability zone of Octavia; it cannot be changed. @default Octavia chooses */
  zone?: Input<string>;
}

/** An address that somebody else forwards to the control planes' port 6443. */
export interface ExternalEndpointSettings extends CommonEndpointSettings {
  /** Type of endpoint. */
  type: "external";
  /** Host name or address, for nodes and for users; an address if it is to have a DNS name. */
  host: Input<string>;
  /** Port at which the forwarder listens, from 1 to 65535. @default 6443 */
  port?: number;
}

/** Endpoint of the Kubernetes API. */
export type ApiEndpointSettings =
  | FloatingIpEndpointSettings
  | VirtualAddressEndpointSettings
  | LoadBalancerEndpointSettings
  | ExternalEndpointSettings;

const common = {
  allowedCidrs: z.array(z.string()),
  dns: object({ zone: text, name: text.optional() }).optional(),
};

/** Schema of ApiEndpointSettings. @internal */
export const apiEndpoint = z.discriminatedUnion(
  "type",
  [
    object({ type: z.literal("floatingIp"), ...floatingIp, ...common }),
    object({
      type: z.literal("vip"),
      address: text.optional(),
      port: bounded(1, 65535).optional(),
      floatingIp: z.boolean().optional(),
      ...floatingIp,
      ...common,
    }),
    object({
      type: z.literal("octavia"),
      provider: text.optional(),
      algorithm: ruledWord(ALGORITHMS).optional(),
      monitor: ruledWord(MONITORS).optional(),
      floatingIp: z.boolean().optional(),
      flavorId: input.optional(),
      zone: input.optional(),
      ...floatingIp,
      ...common,
    }),
    object({ type: z.literal("external"), host: input, port: bounded(1, 65535).optional(), ...common }),
  ],
  oneOf("floatingIp", "vip", "octavia", "external"),
);
