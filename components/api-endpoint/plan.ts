import type * as pulumi from "@pulumi/pulumi";
import type { ApiEndpointArgs } from "./arguments.ts";

/** Arguments of the function that makes one type of endpoint. */
export interface EndpointPlan extends Omit<ApiEndpointArgs, "endpoint"> {
  name: string;
  parent: pulumi.Resource;
}
