import type { OpenStack } from "../../clients/openstack/client.ts";
import { type Inputs, type Known, knownOf, type StackState } from "../state/stack-state.ts";
import { TYPES } from "../state/types.ts";
import { judge } from "./judge.ts";
import type { LostCreate } from "./lost-create.ts";
import { type Orphan, removeAll } from "./removal.ts";
import { findLost } from "./search.ts";

/** Types whose objects are unique: OpenStack refuses to create a second one like it. */
const UNIQUE: readonly string[] = [TYPES.routerInterface, TYPES.securityGroupRule];

/** Types whose objects are found by the mark in their description. */
const MARKED: readonly string[] = [TYPES.floatingIp, TYPES.volume, TYPES.recordSet];

/** No ids of the stack's own, so that the search never matches what could belong to another stack. */
const NOTHING: Known = { ids: new Set(), own: new Set(), urns: new Set() };

/** Outcome for the object that a failed attempt may have left behind. */
export type Leftover = "none possible" | "findable" | "not findable";

/** Returns whether a failed creation can leave an object behind, and whether that could be told from other users' objects. */
export function leftoverOf(type: string, { __defaults: defaults }: Inputs): Leftover {
  const types: readonly string[] = Object.values(TYPES);
  if (!types.includes(type) || UNIQUE.includes(type)) return "none possible";
  // A given name may be that of another stack's object. A generated one is unique.
  return MARKED.includes(type) || (Array.isArray(defaults) && defaults.includes("name")) ? "findable" : "not findable";
}

/**
 * Deletes what a failed creation left behind, so that the creation can be retried. Objects in the state stay: in a replacement, the
 * predecessor has the same description and is in use until the end. An object that something else uses stays as well, and is an error.
 * @param readState reads the state; called only when something was found
 */
export async function removeLeftover(cloud: OpenStack, create: LostCreate, readState: () => Promise<StackState>): Promise<Orphan[]> {
  const all = await findLost(cloud, [create], NOTHING);
  if (all.length === 0) return [];
  const { ids } = knownOf(await readState());
  // The server's generated name is that of this very attempt, so it cannot be a Node.
  const { free, serving } = await judge(
    cloud,
    all.filter(({ object }) => !ids.has(object.id)),
    async () => undefined,
  );
  const [used] = serving;
  if (used) throw new Error(`the ${used.kind} ${used.name} (${used.id}) may be it, but ${used.reason}`);
  return removeAll(cloud, free, () => {});
}
