import { nameOf, type StateResource, typeOf } from "../state/stack-state.ts";
import { COMPONENTS, TYPES } from "../state/types.ts";

/** Types of resources that follow a replaced machine: commands over SSH, and the attachment of a volume. */
const FOLLOWING: readonly string[] = ["command:local:Command", "command:remote:Command", "openstack:compute/volumeAttach:VolumeAttach"];

/** Resources that a replacement of machines is limited to. */
export interface ReplacementTargets {
  /** Resources that are replaced by name: the machine's server, or the port that it follows. */
  roots: readonly string[];
  /** The machines' servers. */
  servers: readonly string[];
  /** Further resources that may be recreated with the machine: the attachment of its volume. */
  recreated: readonly string[];
  /** Commands that run again, because a machine has another id. */
  commands: readonly string[];
}

/**
 * Returns what follows from the replacement of machines, by a state: the commands of this library that depend on the machines, directly or
 * through others. What else depends on them, as objects of the user's own, stays as it is.
 * @param resources resources of the cluster
 * @param servers URNs of the machines' servers
 */
export function replacementTargets(resources: readonly StateResource[], servers: readonly string[]): ReplacementTargets {
  const roots = servers.map((server) => workerPort(resources, server)?.urn ?? server);
  const reached = new Set([...servers, ...roots]);
  const following = resources.filter(isFollowing);
  for (let size = 0; size !== reached.size; ) {
    size = reached.size;
    for (const resource of following) if (dependenciesOf(resource).some((urn) => reached.has(urn))) reached.add(resource.urn);
  }
  const found = following.filter(({ urn }) => reached.has(urn));
  const ofType = (wanted: (type: string) => boolean) => found.flatMap(({ urn, type }) => (wanted(type) ? [urn] : []));
  return {
    roots,
    servers,
    recreated: ofType((type) => type.startsWith("openstack:")),
    commands: ofType((type) => type.startsWith("command:")),
  };
}

function isFollowing({ type, parent = "" }: StateResource): boolean {
  return FOLLOWING.includes(type) && (Object.values(COMPONENTS) as string[]).includes(typeOf(parent));
}

function dependenciesOf({ dependencies, propertyDependencies, deletedWith }: StateResource): string[] {
  const ofProperties = Object.values(propertyDependencies ?? {}).flatMap((urns) => urns ?? []);
  return [...(dependencies ?? []), ...ofProperties, ...(deletedWith ? [deletedWith] : [])];
}

/** Returns the port that the library has made for a worker: it serves one machine at a time, so the machine is replaced with it. */
function workerPort(resources: readonly StateResource[], server: string): StateResource | undefined {
  const { parent } = resources.find(({ urn }) => urn === server) ?? {};
  if (parent === undefined || typeOf(parent) !== COMPONENTS.pool) return undefined;
  return resources.find((each) => each.type === TYPES.port && each.parent === parent && nameOf(each.urn) === nameOf(server));
}
