import { CLUSTER_METADATA } from "../../lib/node/machine.ts";
import { isReplaceable, type Role } from "../../lib/node/server-status.ts";
import { nameOf, resourcesOf, type StackState, type StateResource, typeOf } from "../state/stack-state.ts";
import { COMPONENTS, TYPES } from "../state/types.ts";

/** Roles of machines in a cluster, by the type of the component that they belong to. */
const ROLES = {
  [COMPONENTS.pool]: "worker",
  [COMPONENTS.bastion]: "bastion",
  [COMPONENTS.controlPlane]: "control plane",
  [COMPONENTS.etcd]: "member of etcd",
} as const satisfies Record<string, Role>;

/** A server of a cluster in the state of its stack. */
export interface StateServer {
  urn: string;
  id: string;
  name: string;
  role: Role;
  clusterName: string;
  /** Name of a worker's pool: that of its component. `undefined` for other machines. */
  pool: string | undefined;
  /** Replacement trigger: a changed one recreates the server. `undefined` for a server that was created without one. */
  trigger: string | undefined;
  /** Floating IPs of the server: other machines may be reached through it. */
  floatingIps: string[];
}

/** A resource with the fields that only this search reads. */
interface KeptResource extends StateResource {
  /** Set when the resource was replaced and is still to be deleted. */
  delete?: boolean;
  replacementTrigger?: unknown;
}

/** Returns the servers of a stack that belong to a cluster, without those that are still to be deleted. */
export function stateServers(state: StackState): StateServer[] {
  const associations = resourcesOf(state).flatMap(({ type, inputs = {} }) => (type === TYPES.floatingIpAssociation ? [inputs] : []));
  return (resourcesOf(state) as readonly KeptResource[]).flatMap(({ urn, type, id, parent = "", inputs = {}, outputs = {}, ...rest }) => {
    const role = ROLES[typeOf(parent) as keyof typeof ROLES];
    if (type !== TYPES.server || !id || !role || rest.delete) return [];
    const { [CLUSTER_METADATA]: clusterName = "" } = (inputs.metadata ?? {}) as Record<string, string>;
    const trigger = typeof rest.replacementTrigger === "string" ? rest.replacementTrigger : undefined;
    const ports = ((inputs.networks ?? []) as { port?: unknown }[]).map(({ port }) => port);
    const floatingIps = associations.flatMap(({ portId, floatingIp }) => (ports.includes(portId) ? [String(floatingIp)] : []));
    const name = String(outputs.name ?? inputs.name ?? nameOf(urn));
    const pool = role === "worker" ? nameOf(parent) : undefined;
    return [{ urn, id, name, role, clusterName, pool, trigger, floatingIps }];
  });
}

/** Returns whether a run recreates a server that is lost. The first trigger that a server gets recreates nothing in Pulumi. */
export function canBeRecreated({ role, trigger }: StateServer): boolean {
  return isReplaceable(role) && trigger !== undefined;
}

/** Makes the URN of a component's server. */
export function serverUrn(parent: string, name: string): string {
  const [stack, project, types] = parent.split("::");
  return [stack, project, `${types}$${TYPES.server}`, name].join("::");
}
