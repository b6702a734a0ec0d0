import { POOL_METADATA } from "../../lib/node/machine.ts";
import { isComplete } from "../state/completion.ts";
import { type Inputs, nameOf, pendingOperations, resourcesOf, type StackState, type StateResource } from "../state/stack-state.ts";
import { TYPES } from "../state/types.ts";
import type { LostCreate } from "./lost-create.ts";
import { poolOf } from "./matching.ts";

const ETCD_CLUSTER = "caravan:index:EtcdCluster";

/**
 * What the parts of a component may leave behind when their creation fails, all marked in their description, and what is behind the
 * component's name in that of the resource.
 */
const MARKED_PARTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "caravan:index:ClusterNetwork": { [TYPES.network]: "", [TYPES.router]: "", [TYPES.securityGroup]: "-.+" },
  "caravan:index:ApiEndpoint": { [TYPES.floatingIp]: "", [TYPES.recordSet]: "" },
  "caravan:index:Bastion": { [TYPES.floatingIp]: "", [TYPES.securityGroup]: "" },
  [ETCD_CLUSTER]: { [TYPES.volume]: "-[0-9]+-data" },
};

/** Creations that were under way when a run ended without notice. */
export function interruptedCreates(state: StackState): LostCreate[] {
  return pendingOperations(state)
    .filter(({ type }) => type === "creating")
    .map(({ resource: { urn, type, inputs = {} } }) => ({ urn, type, inputs, isPending: true }));
}

/**
 * Creations of this library's components that may have failed with an object left behind: the provider tells of most
 * objects only when it has waited for them, and of none when the answer was lost. Looked for is what is part of what the
 * state knows or has its mark, so that it can be of no other stack.
 * @param isSeen whether the state tells of every run; after one that was ended before it wrote the state, any component may have lost something
 */
export function failedCreates(state: StackState, isSeen = true): LostCreate[] {
  const resources = resourcesOf(state);
  const unfinished = (types: readonly string[]) => componentsOf(resources, types, isSeen);
  const networks = ofType(resources, "caravan:index:ClusterNetwork").map((component) => partsOf(component, resources));
  const numberedMachines = unfinished(["caravan:index:ControlPlane", ETCD_CLUSTER]);
  const pools = unfinished(["caravan:index:NodePool"]);
  const keyPairs = ofType(resources, TYPES.keypair);
  return [
    ...unfinished(Object.keys(MARKED_PARTS)).flatMap((component) => lostParts(component, resources)),
    ...networks.flatMap(lostSubnet),
    ...networks.flatMap(lostInterface),
    ...networks.flatMap(({ network }) => (network ? numberedMachines.map((component) => lostPorts(component, network)) : [])),
    ...keyPairs.flatMap(({ id }) => numberedMachines.map(({ urn }) => lostServers(urn, { keyPair: id }, numbered(nameOf(urn))))),
    ...keyPairs.flatMap(({ id }) => pools.flatMap((pool) => lostWorkers(pool, id, resources))),
  ];
}

/** Components of which not everything was made, as far as that is seen. */
function componentsOf(resources: readonly StateResource[], types: readonly string[], isSeen: boolean): StateResource[] {
  return resources.filter((component) => types.includes(component.type) && !(isSeen && isComplete(component)));
}

/**
 * Parts with a mark that the state lacks: of those that it has, there may be copies, and predecessors that `retainOnDelete` kept. And rules
 * of the security groups that there are: OpenStack would refuse to make those a second time.
 */
function lostParts({ urn, type }: StateResource, resources: readonly StateResource[]): LostCreate[] {
  const groups = ofType(resources, TYPES.securityGroup).filter(({ parent }) => parent === urn);
  return [
    ...Object.entries(MARKED_PARTS[type]!).map(([part, rest]) => {
      const there = ofType(resources, part).map((each) => escaped(nameOf(each.urn)));
      const names = new RegExp(`^(?!(${there.join("|")})$)${escaped(nameOf(urn))}${rest}$`);
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

function lostServers(urn: string, inputs: Inputs, names: RegExp): LostCreate {
  return { urn, type: TYPES.server, inputs, names };
}

/** Workers of a pool of which the state has some: only they tell what it is called. */
function lostWorkers({ urn }: StateResource, keyPair: string | undefined, resources: readonly StateResource[]): LostCreate[] {
  const worker = ofType(resources, TYPES.server).find(({ parent }) => parent === urn);
  const pool = poolOf(worker?.inputs?.metadata);
  if (pool === undefined) return [];
  return [lostServers(urn, { keyPair, metadata: { [POOL_METADATA]: pool } }, generated(nameOf(urn), "-.+"))];
}

function ofType(resources: readonly StateResource[], type: string): StateResource[] {
  return resources.filter((resource) => resource.type === type);
}

/** Names of control planes or members of etcd, and of their ports. */
function numbered(name: string): RegExp {
  return new RegExp(`^${escaped(name)}-[0-9]+$`);
}

/** Names that Pulumi generates, with a key in between for nodes of a pool. */
function generated(name: string, key = ""): RegExp {
  return new RegExp(`^${escaped(name)}${key}-[0-9a-f]{7}$`);
}

function escaped(name: string): string {
  return name.replace(/[^\w-]/g, "\\$&");
}
