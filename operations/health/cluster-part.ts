import { CLUSTER_METADATA } from "../../lib/node/machine.ts";
import { type StateServer, stateServers } from "../machines/state-servers.ts";
import { ownKubeconfigs } from "../state/kubeconfigs.ts";
import { nameOf, resourcesOf, type StackState, type StateResource } from "../state/stack-state.ts";
import { COMPONENTS } from "../state/types.ts";

/** Part of a stack's state that belongs to one cluster. */
export interface ClusterPart {
  cluster: string;
  resources: readonly StateResource[];
  servers: readonly StateServer[];
  /** Names of the Nodes on imported servers. */
  imported: readonly string[];
  hasControlPlanes: boolean;
  /** Kubeconfig of the administrator. @default the state has none */
  kubeconfig?: string;
}

/**
 * Returns what a state with plain secrets has of a cluster.
 * @param wanted name of the cluster. @default the only one of the stack
 */
export function clusterPart(state: StackState, wanted?: string): ClusterPart {
  const names = clusterNames(state);
  const cluster = chosen(names, wanted);
  const isOfOthers = (resource: StateResource) => names.length > 1 && !belongs(resource, cluster);
  const resources = resourcesOf(state).filter((resource) => !isOfOthers(resource) && !(resource as { delete?: boolean }).delete);
  const part = { deployment: { resources } };
  const [kubeconfig] = ownKubeconfigs(part);
  const importedNodes = resources.filter(({ type }) => type === COMPONENTS.importedNodes);
  return {
    cluster,
    resources,
    servers: stateServers(state).filter(({ clusterName }) => clusterName === cluster),
    imported: importedNodes.flatMap(({ outputs }) => ((outputs?.nodes ?? []) as { name: string }[]).map(({ name }) => name)),
    hasControlPlanes: resources.some(({ type }) => type === COMPONENTS.controlPlane),
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
  };
}

/** Returns the names of the clusters in a state: those of its components, and those that its servers carry. */
function clusterNames(state: StackState): string[] {
  const components = resourcesOf(state).flatMap(({ type, urn }) => (type === COMPONENTS.cluster ? [nameOf(urn)] : []));
  return [...new Set([...components, ...stateServers(state).flatMap(({ clusterName }) => clusterName || [])])];
}

function chosen(names: readonly string[], wanted: string | undefined): string {
  const [first] = names;
  if (first === undefined) throw new Error("the stack has no cluster of this library; name the stack of a cluster");
  if (wanted !== undefined && !names.includes(wanted))
    throw new Error(`the stack has no cluster "${wanted}"; it has ${names.join(", ")}, so name one of these`);
  if (wanted === undefined && names.length > 1) throw new Error(`the stack has the clusters ${names.join(", ")}; name one of them`);
  return wanted ?? first;
}

/** Returns whether a resource of a stack with several clusters is one of this cluster's: their names begin with the cluster's. */
function belongs({ urn, inputs }: StateResource, cluster: string): boolean {
  const metadata = (inputs?.metadata ?? {}) as Record<string, unknown>;
  return metadata[CLUSTER_METADATA] === cluster || nameOf(urn) === cluster || nameOf(urn).startsWith(`${cluster}-`);
}
