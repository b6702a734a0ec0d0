import { type KubernetesNode, kubernetesNodes } from "../../clients/kubernetes/nodes.ts";
import { reasonOf } from "../../lib/reason.ts";
import { ownKubeconfigs } from "../state/kubeconfigs.ts";
import { resourcesOf, type StackState, typeOf } from "../state/stack-state.ts";
import { COMPONENTS } from "../state/types.ts";
import type { ServerJudge } from "./judge.ts";
import type { Found } from "./search.ts";
import { timeOf } from "./uses.ts";

/** Seconds of tolerance for the clocks of cloud and engine, and for the arrival of a request. */
const CLOCK_SECONDS = 300;

/** Nodes of the clusters in a state, or the reason why they are not known. */
type Nodes = { nodes: readonly KubernetesNode[] } | { unknown: string };

/**
 * Makes a judge that tells whether a server that the state does not know may belong to a cluster.
 *
 * Before a control plane has started, there is nothing to join. Then only a server that is younger than the state may belong to a cluster,
 * because the state may be old. Afterwards the clusters are asked for their Nodes, with the administrator's kubeconfig in the state. Voters
 * of external etcd are not Nodes, so a running machine of etcd counts as a voter.
 * @param readSecrets reads the state with its secrets; called only when a server was found and a control plane has started
 */
export function membershipJudge(state: StackState, readSecrets: () => Promise<StackState>): ServerJudge {
  const hasStarted = startedControlPlanes(state).length > 0;
  let nodes: Promise<Nodes> | undefined;
  return async (found) => {
    if (!hasStarted) return reasonByAge(found, state);
    nodes ??= nodesOf(readSecrets);
    return reasonByMembership(found, await nodes);
  };
}

/** Returns a reason for a server that is younger than the state: the run that wrote the state did not lose it. */
function reasonByAge({ object, create }: Found, { deployment }: StackState): string | undefined {
  if (create.isPending) return undefined;
  const isOlder = timeOf(object.created) <= timeOf(deployment?.manifest?.time) + CLOCK_SECONDS * 1000;
  return isOlder ? undefined : "it was made after the state was written, and may be part of a cluster that the state does not know";
}

function reasonByMembership({ object, create }: Found, known: Nodes): string | undefined {
  if ("unknown" in known) return `it may be a Node: ${known.unknown}`;
  const node = known.nodes.find(({ metadata, spec }) => metadata.name === object.name || spec?.providerID?.endsWith(`/${object.id}`));
  if (node) return `it is the Node ${node.metadata.name} of the cluster`;
  const mayVote = create.urn.includes(COMPONENTS.etcd) && object.status !== "BUILD" && object.status !== "ERROR";
  return mayVote ? "it may be a voter of etcd" : undefined;
}

async function nodesOf(readSecrets: () => Promise<StackState>): Promise<Nodes> {
  try {
    const state = await readSecrets();
    const kubeconfigs = ownKubeconfigs(state);
    if (kubeconfigs.length < new Set(startedControlPlanes(state)).size) return { unknown: "the state has no kubeconfig to ask with" };
    return { nodes: (await Promise.all(kubeconfigs.map((each) => kubernetesNodes(each)))).flat() };
  } catch (error) {
    return { unknown: `the Kubernetes API cannot be asked (${reasonOf(error)})` };
  }
}

/** Returns the URNs of the components whose initial control plane has started. */
function startedControlPlanes(state: StackState): string[] {
  return resourcesOf(state).flatMap(({ type, parent = "" }) =>
    type === "command:remote:Command" && typeOf(parent) === COMPONENTS.controlPlane ? [parent] : [],
  );
}
