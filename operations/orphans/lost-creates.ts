import { STACK_METADATA } from "../../lib/node/machine.ts";
import { isComplete } from "../state/completion.ts";
import { nameOf, pendingOperations, resourcesOf, type StackState, type StateResource } from "../state/stack-state.ts";
import { COMPONENTS, STASH, TYPES } from "../state/types.ts";
import type { LostCreate } from "./lost-create.ts";

/**
 * Parts of components that have a mark in their description, and may be left behind when their creation fails. The value of each type is
 * the pattern of what follows the component's name in the resource's name.
 */
const MARKED_PARTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  [COMPONENTS.network]: { [TYPES.network]: "", [TYPES.router]: "", [TYPES.securityGroup]: "-.+" },
  [COMPONENTS.endpoint]: { [TYPES.floatingIp]: "", [TYPES.recordSet]: "" },
  [COMPONENTS.bastion]: { [TYPES.floatingIp]: "", [TYPES.securityGroup]: "" },
  [COMPONENTS.etcd]: { [TYPES.volume]: "-[0-9]+-data" },
};

/** Returns the creations that were pending when a run was interrupted. */
export function interruptedCreates(state: StackState): LostCreate[] {
  return pendingOperations(state)
    .filter(({ type }) => type === "creating")
    .map(({ resource: { urn, type, inputs = {} } }) => ({ urn, type, inputs, isPending: true }));
}

/**
 * Returns the creations of this library's components that may have failed and left an object behind: the provider reports most objects only
 * after it has waited for them, and none when the answer was lost. Each object must be part of something in the state, or have its mark. So
 * it can belong to no other stack.
 * @param isStateCurrent false when a run may have ended before it wrote the state; then any component may have lost something
 */
export function failedCreates(state: StackState, isStateCurrent = true): LostCreate[] {
  const resources = resourcesOf(state);
  const unfinished = (types: readonly string[]) => unfinishedComponents(resources, types, isStateCurrent);
  const networks = ofType(resources, COMPONENTS.network).map((component) => partsOf(component, resources));
  const numberedMachines = unfinished([COMPONENTS.controlPlane, COMPONENTS.etcd]);
  const pools = unfinished([COMPONENTS.pool]);
  return [
    ...unfinished(Object.keys(MARKED_PARTS)).flatMap((component) => lostParts(component, resources)),
    ...networks.flatMap(lostSubnet),
    ...networks.flatMap(lostInterface),
    ...networks.flatMap(({ network }) => (network ? numberedMachines.map((component) => lostPorts(component, network)) : [])),
    ...numberedMachines.map(({ urn }): LostCreate => ({ urn, type: TYPES.server, inputs: {}, names: numbered(nameOf(urn)) })),
    ...pools.flatMap((pool) => lostWorkers(pool, resources)),
  ];
}

/** Returns the components whose parts may not all have been made. In a state that is not current, all components count. */
function unfinishedComponents(resources: readonly StateResource[], types: readonly string[], isStateCurrent: boolean): StateResource[] {
  return resources.filter((component) => types.includes(component.type) && !(isStateCurrent && isComplete(component)));
}

/**
 * Returns the marked parts that the state lacks. Parts that the state has are left out, because copies of them may exist, and predecessors
 * that `retainOnDelete` kept. Rules of the existing security groups are included: OpenStack would refuse to create them a second time.
 */
function lostParts({ urn, type }: StateResource, resources: readonly StateResource[]): LostCreate[] {
  const groups = ofType(resources, TYPES.securityGroup).filter(({ parent }) => parent === urn);
  return [
    ...Object.entries(MARKED_PARTS[type]!).map(([part, rest]) => {
      const existing = ofType(resources, part).map((each) => escaped(nameOf(each.urn)));
      const names = new RegExp(`^(?!(${existing.join("|")})$)${escaped(nameOf(urn))}${rest}$`);
      return { urn, type: part, inputs: {}, names, byMark: true };
    }),
    ...groups.map(({ id }) => ({ urn, type: TYPES.securityGroupRule, inputs: { securityGroupId: id }, byMark: true })),
  ];
}

interface NetworkParts {
  component: StateResource;
  network: StateResource | undefined;
  subnet: StateResource | undefined;
  router: StateResource | undefined;
  link: StateResource | undefined;
}

function partsOf(component: StateResource, resources: readonly StateResource[]): NetworkParts {
  const part = (type: string) => ofType(resources, type).find(({ parent }) => parent === component.urn);
  return {
    component,
    network: part(TYPES.network),
    subnet: part(TYPES.subnet),
    router: part(TYPES.router),
    link: part(TYPES.routerInterface),
  };
}

function lostSubnet({ component: { urn }, network, subnet }: NetworkParts): LostCreate[] {
  if (!network || subnet) return [];
  return [{ urn, type: TYPES.subnet, inputs: { networkId: network.id }, names: generated(nameOf(urn)) }];
}

function lostInterface({ component: { urn }, subnet, router, link }: NetworkParts): LostCreate[] {
  if (!subnet || !router || link) return [];
  return [{ urn, type: TYPES.routerInterface, inputs: { routerId: router.id, subnetId: subnet.id } }];
}

function lostPorts({ urn }: StateResource, { id: networkId }: StateResource): LostCreate {
  return { urn, type: TYPES.port, inputs: { networkId }, names: numbered(nameOf(urn)) };
}

/** Returns the lost workers of a pool. Their mark is the id of the pool's identity, which is made before them. */
function lostWorkers({ urn }: StateResource, resources: readonly StateResource[]): LostCreate[] {
  const marks = ofType(resources, STASH).flatMap(({ parent, id }) => (parent === urn && id ? [id] : []));
  const names = generated(nameOf(urn), "-.+");
  return marks.map((mark) => ({ urn, type: TYPES.server, inputs: { metadata: { [STACK_METADATA]: mark } }, names }));
}

function ofType(resources: readonly StateResource[], type: string): StateResource[] {
  return resources.filter((resource) => resource.type === type);
}

/** Matches names of control planes or etcd members, and of their ports. */
function numbered(name: string): RegExp {
  return new RegExp(`^${escaped(name)}-[0-9]+$`);
}

/** Matches names that Pulumi generates; those of a pool's nodes have a key in between. */
function generated(name: string, key = ""): RegExp {
  return new RegExp(`^${escaped(name)}${key}-[0-9a-f]{7}$`);
}

function escaped(name: string): string {
  return name.replace(/[^\w-]/g, "\\$&");
}
