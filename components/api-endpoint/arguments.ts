import type * as pulumi from "@pulumi/pulumi";
import type { ApiEndpointSettings } from "../../lib/api-endpoint/settings.ts";
import type { NetworkAttachment } from "../cluster-network.ts";
import type { ExternalNetwork } from "../openstack/cloud-lookups.ts";
import type { MarkArgs } from "../openstack/mark.ts";

/** Network of an endpoint's own address. */
export interface EndpointNetwork extends Pick<NetworkAttachment, "networkId" | "subnetId" | "ready"> {
  /** Addresses of the subnet, like "10.40.0.0/16". */
  cidr: string;
  /** Further networks that nodes connect from, which a load balancer lets in. @default none */
  nodeCidrs?: string[];
}

/** Control plane behind an endpoint. It is plain data, so that any program can supply it. */
export interface ApiBackend {
  /** Id of the control plane's port. */
  portId: pulumi.Input<string>;
  /** Address of the port. */
  address: pulumi.Input<string>;
}

export interface ApiEndpointArgs extends MarkArgs {
  /** Settings of the endpoint, by type. */
  endpoint: ApiEndpointSettings;
  /** External network of a new floating IP, which keeps it for good; required for type "floatingIp" without an existing floating IP. */
  floatingIpPool?: pulumi.Input<ExternalNetwork>;
  /** Network of the control planes; required for the types "vip" and "octavia". A floating IP waits for its `ready`. */
  network?: EndpointNetwork;
  /**
   * Control planes that get the connections: the first one for "floatingIp", all for "octavia". Other types need none. The value is
   * `backends` of ControlPlane, which itself needs this endpoint: give the output of `pulumi.deferredOutput()` and resolve it afterwards.
   * @default none
   */
  backends?: pulumi.Input<pulumi.Input<ApiBackend>[]>;
}

/** Hosts and port of the API. It is plain data, so that any program can supply it. */
export interface Endpoint {
  /** Host name or address for users. */
  host: pulumi.Input<string>;
  /** Host name or address for nodes. @default address of the first control plane */
  nodeHost?: pulumi.Input<string>;
  /** Port, for nodes and for users, from 1 to 65535. @default 6443 */
  port?: number;
  /** Address of the first control plane for SSH from outside. @default its own address */
  sshHost?: pulumi.Input<string>;
  /** Further names and addresses in the API's certificate, beside the hosts. @default none */
  certificateNames?: pulumi.Input<string>[];
  /** Virtual address that one of the control planes holds at a time. @default none */
  virtualAddress?: pulumi.Input<string>;
}
