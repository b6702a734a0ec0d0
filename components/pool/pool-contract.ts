import * as pulumi from "@pulumi/pulumi";
import type { ClusterSoftwareSettings } from "../../lib/node/settings.ts";
import type { NodePoolArgs } from "../node-pool.ts";

/** What all pools of a cluster share: arguments of NodePool. */
export type PoolContract = ClusterSoftwareSettings & Pick<NodePoolArgs, "clusterName" | "network" | "ssh" | "join">;

/**
 * The contract as plain data, for pools in other stacks; a secret. There the cluster's lifetime is not known, so their nodes are
 * always drained: such stacks go before the cluster's does.
 */
export function plainContract({ join: { lifetime: _, ...join }, ...contract }: PoolContract): pulumi.Output<PoolContract> {
  return pulumi.secret({ ...contract, join }) as pulumi.Output<PoolContract>;
}
