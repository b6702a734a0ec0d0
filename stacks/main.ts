import * as pulumi from "@pulumi/pulumi";
import { checkConfig, endWithEngine, KubernetesCluster, prepareRun } from "../components/index.ts";
import { CLUSTER_PROPERTIES, type KubernetesClusterArgs } from "../lib/cluster/settings.ts";
import { clusterName } from "../operations/state/cluster-name.ts";
import { keptName, unfinishedName } from "./kept-name.ts";

endWithEngine();
checkConfig(["name", ...CLUSTER_PROPERTIES]);
const config = new pulumi.Config();
const kept = await keptName();
const nameOf = (known?: string) => clusterName({ given: config.get("name"), kept: known, stack: pulumi.getStack() });
const args = clusterArgs();
const [unfinished] = await Promise.all([kept === undefined ? unfinishedName() : undefined, prepareRun(nameOf(kept), args)]);
const name = nameOf(kept ?? unfinished);

const cluster = new KubernetesCluster(name, args);

/** Kubeconfig of the administrator: `pulumi stack output kubeconfig --show-secrets`. */
export const kubeconfig = cluster.kubeconfig;
export const endpoint = cluster.endpoint;
export const sshPrivateKey = cluster.sshPrivateKey;
export const sshBastion = cluster.sshBastion;
export const controlPlanes = cluster.controlPlanes;
export const etcdMembers = cluster.etcdMembers;
export const pools = cluster.pools;
/** Arguments of pools in stacks of their own, as in examples/pool-stack. */
export const poolContract = cluster.poolContract;
/** Name of the cluster, with which the names of its resources begin. The next run reads it. */
export { name };

/** Reads the arguments of KubernetesCluster from the stack's configuration, one key a property. The component checks them. */
function clusterArgs(): KubernetesClusterArgs {
  const given = CLUSTER_PROPERTIES.map((property) => [property, configured(property)] as const);
  return Object.fromEntries(given.filter(([, value]) => value !== undefined)) as unknown as KubernetesClusterArgs;
}

function configured(property: string): unknown {
  const text = config.get(property);
  if (text === undefined) return undefined;
  // Pulumi keeps objects and numbers as JSON, and texts as they are.
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
