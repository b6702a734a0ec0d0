import * as pulumi from "@pulumi/pulumi";
import { checkConfig, endWithEngine, KubernetesCluster, prepareRun } from "../components/index.ts";
import { CLUSTER_PROPERTIES, type KubernetesClusterArgs } from "../lib/cluster/settings.ts";
import { clusterName } from "../operations/state/cluster-name.ts";
import { keptName, unfinishedName } from "./kept-name.ts";

endWithEngine();
checkConfig(["name", ...CLUSTER_PROPERTIES]);
const config = new pulumi.Config();
const kept = await keptName();
const nameOfOne = (known?: string) => clusterName({ given: config.get("name"), kept: known, stack: pulumi.getStack() });
const args = clusterArgs();
const [unfinished] = await Promise.all([kept === undefined ? unfinishedName() : undefined, prepareRun(nameOfOne(kept), args)]);
const name = nameOfOne(kept ?? unfinished);

const cluster = new KubernetesCluster(name, args);

/** The administrator's kubeconfig: `pulumi stack output kubeconfig --show-secrets`. */
export const kubeconfig = cluster.kubeconfig;
export const endpoint = cluster.endpoint;
export const sshPrivateKey = cluster.sshPrivateKey;
export const sshBastion = cluster.sshBastion;
export const controlPlanes = cluster.controlPlanes;
export const etcdMembers = cluster.etcdMembers;
export const pools = cluster.pools;
/** For pools in stacks of their own, as in examples/pool-stack. */
export const poolContract = cluster.poolContract;
/** What the cluster and all of its resources are called; the next run goes by it. */
export { name };

/** The stack's configuration is the arguments of KubernetesCluster, one key a property; the component checks them. */
function clusterArgs(): KubernetesClusterArgs {
  const given = CLUSTER_PROPERTIES.map((property) => [property, configured(property)] as const);
  return Object.fromEntries(given.filter(([, value]) => value !== undefined)) as unknown as KubernetesClusterArgs;
}

function configured(property: string): unknown {
  const text = config.get(property);
  if (text === undefined) return undefined;
  // Pulumi keeps objects and numbers as JSON; what is no JSON is plain text.
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
