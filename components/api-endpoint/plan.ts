import type * as pulumi from "@pulumi/pulumi";
import type { ApiEndpointArgs } from "./arguments.ts";

/** How one type of endpoint is made. */
export interface EndpointPlan extends Omit<ApiEndpointArgs, "endpoint"> {
  name: string;
  parent: pulumi.Resource;
}
