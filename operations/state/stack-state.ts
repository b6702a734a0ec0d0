/** Inputs of a resource, as the provider got them. */
export type Inputs = Readonly<Record<string, unknown>>;

/** Resource in the state of a stack, with only the fields that the library reads. */
export interface StateResource {
  urn: string;
  type: string;
  id?: string;
  parent?: string;
  external?: boolean;
  inputs?: Inputs;
  outputs?: Inputs;
  /** URNs of the resources on which it depends, those of its properties, and that with which it is deleted. */
  dependencies?: readonly string[] | null;
  propertyDependencies?: Readonly<Record<string, readonly string[] | null>> | null;
  deletedWith?: string;
  /** Set when the resource was replaced and is still to be deleted. */
  delete?: boolean;
  /** Time of the last change. */
  modified?: string;
}

/** State of a stack, as `pulumi stack export` prints it and the Automation API's `stack.exportStack()` returns it. */
export interface StackState {
  deployment?: {
    /** Manifest, with the time when the state was written. */
    manifest?: { time?: string } | null;
    resources?: readonly StateResource[] | null;
    pending_operations?: readonly { type: string; resource: StateResource }[] | null;
  } | null;
}

/** Ids and URNs in a state. */
export interface Known {
  /** Ids of all resources, and of pending updates, imports and deletions: objects that the library must never delete as orphans. */
  ids: ReadonlySet<string>;
  /** Ids of the resources that the stack created itself. Only this stack creates parts of them. */
  own: ReadonlySet<string>;
  urns: ReadonlySet<string>;
}

/** Returns the resources of a state. */
export function resourcesOf(state: StackState): readonly StateResource[] {
  return state.deployment?.resources ?? [];
}

/** Returns the operations that were pending when a run was interrupted. */
export function pendingOperations(state: StackState): readonly { type: string; resource: StateResource }[] {
  return state.deployment?.pending_operations ?? [];
}

/**
 * Returns the ids and URNs that a state knows. Pending creations are left out, even with an id: Pulumi has the id as soon as the object
 * exists, but does nothing with it until the resource is among the others.
 */
export function knownOf(state: StackState): Known {
  const resources = resourcesOf(state);
  const others = pendingOperations(state).filter(({ type }) => type !== "creating");
  // The id of a part begins with that of its whole: "ZONE/RECORD".
  const ids = [...resources, ...others.map(({ resource }) => resource)].flatMap(({ id }) => (id ? [id, id.split("/").at(-1)!] : []));
  const own = resources.filter(({ external }) => !external).flatMap(({ id }) => id ?? []);
  return { ids: new Set(ids), own: new Set(own), urns: new Set(resources.map(({ urn }) => urn)) };
}

/** Returns the type in a URN, without the types of its parents. */
export function typeOf(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1) ?? "";
}

/** Returns the name in a URN, which the program gave. */
export function nameOf(urn: string): string {
  return urn.split("::").at(-1)!;
}
