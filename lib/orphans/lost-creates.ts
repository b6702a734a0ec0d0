import { type Inputs, nameOf, pendingOperations, resourcesOf, type StackState, type StateResource } from "./stack-state.ts";
import { TYPES } from "./types.ts";

/** A creation whose result, if it has one, is not in the state. */
export interface LostCreate {
  /** The resource that was to be; of a failed creation, the component that it was part of. */
  urn: string;
  type: string;
  /** What was asked for, as far as it is known. */
  inputs: Inputs;
  /** Names that the object may have, when it is not known which was generated. @default that of the inputs */
  names?: RegExp;
}

/** Creations that were under way when a run ended without notice. */
export function interruptedCreates(state: StackState): LostCreate[] {
  return pendingOperations(state)
    .filter(({ type }) => type === "creating")
    .map(({ resource: { urn, type, inputs = {} } }) => ({ urn, type, inputs }));
}

/**
 * Creations of this library's components that may have failed with an object left behind: the provider makes networks,
 * subnets, routers, their interfaces and ports, waits for them, and tells of them only then. Looked for are those that
 * are parts of what the state knows, so that they can be of no other stack.
 */
export function failedCreates(state: StackState): LostCreate[] {
  const resources = resourcesOf(state);
  const networks = resources
    .filter(({ type }) => type === "caravan:index:ClusterNetwork")
    .map((component) => partsOf(component, resources));
  const unfinished = resources.filter(({ type, outputs }) => MACHINE_COMPONENTS.includes(type) && outputs === undefined);
  const keypairs = resources.filter(({ type }) => type === TYPES.keypair);
  return [
    ...networks.flatMap(failedSubnet),
    ...networks.flatMap(failedInterface),
    ...networks.flatMap(({ network }) => unfinished.flatMap((component) => failedPorts(component, network))),
    ...keypairs.flatMap(({ id }) => unfinished.flatMap((component) => failedServers(component, id))),
  ];
}

/** Components that give out the addresses of their nodes when all their machines exist. */
const MACHINE_COMPONENTS = ["caravan:index:ControlPlane", "caravan:index:NodePool"];

interface NetworkParts {
  component: StateResource;
  network?: StateResource;
  subnet?: StateResource;
  router?: StateResource;
  link?: StateResource;
}

function partsOf(component: StateResource, resources: readonly StateResource[]): NetworkParts {
  const parts = { network: TYPES.network, subnet: TYPES.subnet, router: TYPES.router, link: TYPES.routerInterface };
  const found = Object.entries(parts).map(([part, type]) => [
    part,
    resources.find((each) => each.parent === component.urn && each.type === type),
  ]);
  return { component, ...Object.fromEntries(found.filter(([, resource]) => resource)) };
}

function failedSubnet({ component, network, subnet }: NetworkParts): LostCreate[] {
  if (!network || subnet) return [];
  return [{ urn: component.urn, type: TYPES.subnet, inputs: { networkId: network.id }, names: generated(nameOf(component.urn)) }];
}

function failedInterface({ component, subnet, router, link }: NetworkParts): LostCreate[] {
  if (!subnet || !router || link) return [];
  return [{ urn: component.urn, type: TYPES.routerInterface, inputs: { routerId: router.id, subnetId: subnet.id } }];
}

function failedPorts({ urn }: StateResource, network: StateResource | undefined): LostCreate[] {
  if (!network) return [];
  return [{ urn, type: TYPES.port, inputs: { networkId: network.id }, names: numbered(nameOf(urn)) }];
}

function failedServers({ urn }: StateResource, keyPair: string | undefined): LostCreate[] {
  const names = new RegExp(`${numbered(nameOf(urn)).source}|${generated(`${nameOf(urn)}-.+`).source}`);
  return [{ urn, type: TYPES.server, inputs: { keyPair }, names }];
}

function numbered(name: string): RegExp {
  return new RegExp(`^${name}-[0-9]+$`);
}

/** Names that Pulumi generates. */
function generated(name: string): RegExp {
  return new RegExp(`^${name}-[0-9a-f]{7}$`);
}
