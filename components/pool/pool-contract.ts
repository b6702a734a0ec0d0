import * as pulumi from "@pulumi/pulumi";
import type { ClusterSoftwareSettings } from "../../lib/node/settings.ts";
import type { NodePoolArgs } from "../node-pool.ts";

/** Arguments of NodePool that all pools of a cluster share. */
export type PoolContract = ClusterSoftwareSettings & Pick<NodePoolArgs, "clusterName" | "network" | "ssh" | "join">;

/**
 * Returns the contract as plain data and a secret, for pools in other stacks. It has no lifetime of the cluster, so nodes in those stacks
 * are always drained: delete those stacks before the cluster's.
 */
export function plainContract({ join: { lifetime: _, ...join }, ...contract }: PoolContract): pulumi.Output<PoolContract> {
  return pulumi.secret({ ...contract, join }) as pulumi.Output<PoolContract>;
}
