// Workers in a stack of their own, for a cluster that another stack has made: each `pulumi up` then works on its own part of a
// cluster that is too large for one state. Destroy these stacks before the cluster's: their nodes are drained, which needs it.
import * as pulumi from "@pulumi/pulumi";
import { checkConfig, NodePool, type PoolContract, prepareRun } from "caravan";

checkConfig(["cluster", "image", "flavor", "count"]);
await prepareRun(pulumi.getStack());
const config = new pulumi.Config();
const stack = config.require("cluster");
const { secretValue } = await new pulumi.StackReference(stack).getOutputDetails("poolContract");
if (!secretValue)
  throw new Error(`stack ${stack} has no output "poolContract": export that of its KubernetesCluster, and run \`pulumi up\` there`);
const contract: PoolContract = secretValue;

const pool = new NodePool(pulumi.getStack(), {
  ...contract,
  pool: pulumi.getStack(),
  machine: { image: config.require("image"), flavor: config.require("flavor") },
  count: config.requireNumber("count"),
});

export const nodes = pool.nodes;
