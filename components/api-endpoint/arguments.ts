import type * as pulumi from "@pulumi/pulumi";
import type { ApiEndpointSettings } from "../../lib/api-endpoint/settings.ts";
import type { NetworkAttachment } from "../cluster-network.ts";
import type { MarkArgs } from "../openstack/mark.ts";

/** The network that an endpoint's own address is in. */
export interface EndpointNetwork extends Pick<NetworkAttachment, "networkId" | "subnetId" | "ready"> {
  /** Addresses of the subnet, like "10.40.0.0/16". */
  cidr: string;
}

/** A control plane as its endpoint sees it. Plain data, so that any program can supply it. */
export interface ApiBackend {
  /** Id of its port. */
  portId: pulumi.Input<string>;
  /** Address of the port. */
  address: pulumi.Input<string>;
}

export interface ApiEndpointArgs extends MarkArgs {
  /** Kind of endpoint. */
  endpoint: ApiEndpointSettings;
  /** Name of the external network that a floating IP is taken from; needed for type "floatingIp". */
  floatingIpPool?: pulumi.Input<string>;
  /** Network of the control planes; needed for the types "vip" and "octavia". A floating IP waits for its `ready`. */
  network?: EndpointNetwork;
  /**
   * Control planes that get the connections: the first one for "floatingIp", all for "octavia"; other types need none. It is `backends` of
   * ControlPlane, which is made with this endpoint: so give the output of `pulumi.deferredOutput()`, and resolve it afterwards. @default none
   */
  backends?: pulumi.Input<pulumi.Input<ApiBackend>[]>;
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
