/** Inputs of a resource, as the provider got them. */
export type Inputs = Readonly<Record<string, unknown>>;

/** A resource in the state of a stack; only what is read here. */
export interface StateResource {
  urn: string;
  type: string;
  id?: string;
  parent?: string;
  external?: boolean;
  inputs?: Inputs;
  outputs?: Inputs;
}

/** The state of a stack, as `pulumi stack export` prints it and the Automation API's `stack.exportStack()` gives it. */
export interface StackState {
  deployment?: {
    /** Tells when the state was written. */
    manifest?: { time?: string } | null;
    resources?: readonly StateResource[] | null;
    pending_operations?: readonly { type: string; resource: StateResource }[] | null;
  } | null;
}

/** What a state knows of. */
export interface Known {
  /** Ids of all resources, and of those that were being changed, imported or deleted, which must never be deleted here. */
  ids: ReadonlySet<string>;
  /** Ids of those that the stack made itself, and so of which it alone makes parts. */
  own: ReadonlySet<string>;
  urns: ReadonlySet<string>;
}

/** The resources of a state. */
export function resourcesOf(state: StackState): readonly StateResource[] {
  return state.deployment?.resources ?? [];
}

/** The operations that were under way when a run was interrupted. */
export function pendingOperations(state: StackState): readonly { type: string; resource: StateResource }[] {
  return state.deployment?.pending_operations ?? [];
}

/**
 * Everything that a state knows of. What was being created is not part of it, even with an id: Pulumi has that as soon as the object is made,
 * but does nothing with it until the resource is among the others.
 */
export function knownOf(state: StackState): Known {
  const resources = resourcesOf(state);
  const others = pendingOperations(state).filter(({ type }) => type !== "creating");
  // The id of what is part of something else begins with that: "ZONE/RECORD".
  const ids = [...resources, ...others.map(({ resource }) => resource)].flatMap(({ id }) => (id ? [id, id.split("/").at(-1)!] : []));
  const own = resources.filter(({ external }) => !external).flatMap(({ id }) => id ?? []);
  return { ids: new Set(ids), own: new Set(own), urns: new Set(resources.map(({ urn }) => urn)) };
}

/** The type of a URN's resource, without those of its parents. */
export function typeOf(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1) ?? "";
}

/** The last part of a URN: the name that the program gave. */
export function nameOf(urn: string): string {
  return urn.split("::").at(-1)!;
}
