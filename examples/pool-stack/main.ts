// Pool of workers in a stack of its own, for a cluster of another stack. Each `pulumi up` then works on a part of a cluster that is too
// large for one state. Destroy these stacks before the cluster's, because the drain of their nodes needs the cluster.
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
