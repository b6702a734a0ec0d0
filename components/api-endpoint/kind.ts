import type * as openstack from "@pulumi/openstack";
import type * as pulumi from "@pulumi/pulumi";
import type { ApiEndpointArgs, Endpoint } from "./arguments.ts";

/** What one type of endpoint consists of. */
export interface EndpointKind {
  endpoint: Endpoint;
  /** Forwards to the control planes, once their ports are known. */
  forwardTo?: (ports: readonly openstack.networking.Port[], ready: pulumi.Input<unknown>) => void;
}

/** How one type of endpoint is made. */
export interface EndpointPlan extends Omit<ApiEndpointArgs, "endpoint"> {
  name: string;
  parent: pulumi.Resource;
}
