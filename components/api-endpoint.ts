import { randomUUID } from "node:crypto";
import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import { API_PORT } from "../lib/kubeadm/init.ts";
import { Problems } from "../lib/problems.ts";
import { clusterTags } from "./machine.ts";

/** A floating IP on the one control plane. */
export interface FloatingIpEndpointArgs {
  type: "floatingIp";
  /** Networks from which the API is open; at least one, and never silently the whole internet. */
  allowedCidrs: string[];
}

/** An address that somebody else forwards to the control planes' port 6443. */
export interface ExternalEndpointArgs {
  type: "external";
  /** Host name or address, for nodes and for users. */
  host: pulumi.Input<string>;
  /** Networks from which the API is open: those of the forwarder and of users. */
  allowedCidrs: string[];
}

export type ApiEndpointArgs = FloatingIpEndpointArgs | ExternalEndpointArgs;

export interface ApiEndpointComponentArgs {
  /** Name of the cluster, in the tags of the floating IP. */
  clusterName: string;
  /** Kind of endpoint. */
  endpoint: ApiEndpointArgs;
  /** Name of the external network that a floating IP is taken from; needed for type "floatingIp". */
  floatingIpPool?: pulumi.Input<string>;
}

/** Where the API is reached. Plain data, so that any program can supply it. */
export interface Endpoint {
  /** Host name or address for users. */
  host: pulumi.Input<string>;
  /** Host name or address for nodes. @default the address of the first control plane */
  nodeHost?: pulumi.Input<string>;
  /** Address at which the first control plane is reached over SSH from outside. @default its own */
  sshHost?: pulumi.Input<string>;
}

/** The address of a cluster's API, known before any machine is. */
export class ApiEndpoint extends pulumi.ComponentResource {
  readonly endpoint: Endpoint;
  /** `host:port` for users. */
  readonly address: pulumi.Output<string>;
  readonly #name: string;
  readonly #floatingIp?: openstack.networking.FloatingIp;

  constructor(name: string, args: ApiEndpointComponentArgs, opts?: pulumi.ComponentResourceOptions) {
    validate(name, args);
    super("caravan:index:ApiEndpoint", name, {}, opts);
    this.#name = name;

    if (args.endpoint.type === "floatingIp") {
      this.#floatingIp = new openstack.networking.FloatingIp(
        name,
        {
          pool: args.floatingIpPool!,
          description: `caravan-cluster=${args.clusterName} ${randomUUID()}`,
          tags: clusterTags(args.clusterName),
        },
        // Floating IPs have no names: when a run is interrupted, this one is found by a description that no other ever had.
        { parent: this, ignoreChanges: ["description"] },
      );
      this.endpoint = { host: this.#floatingIp.address, sshHost: this.#floatingIp.address };
    } else {
      this.endpoint = { host: args.endpoint.host, nodeHost: args.endpoint.host };
    }
    this.address = pulumi.interpolate`${this.endpoint.host}:${API_PORT}`;
    this.registerOutputs({ address: this.address });
  }

  /** Sends what arrives at the endpoint to the control planes' ports. */
  forwardTo(ports: readonly openstack.networking.Port[], ready: pulumi.Input<unknown> = true): void {
    const [first] = ports;
    if (!this.#floatingIp || !first) return;
    // Neutron associates only what its router reaches.
    const portId = pulumi.all([first.id, ready]).apply(([id]) => id);
    new openstack.networking.FloatingIpAssociate(
      this.#name,
      { floatingIp: this.#floatingIp.address, portId },
      { parent: this, deletedWith: this.#floatingIp },
    );
  }
}

function validate(name: string, { endpoint, floatingIpPool }: ApiEndpointComponentArgs): void {
  const problems = new Problems();
  if (endpoint.type === "floatingIp" && floatingIpPool === undefined) {
    problems.add(
      "floatingIpPool",
      'is missing; an endpoint of type "floatingIp" takes its address from there, so name the external network',
    );
  }
  problems.throwIfAny(`API endpoint "${name}"`);
}
