import type { OpenStack } from "../../clients/openstack/client.ts";
import { type Inputs, type Known, knownOf, type StackState } from "../state/stack-state.ts";
import { TYPES } from "../state/types.ts";
import { judge } from "./judge.ts";
import type { LostCreate } from "./lost-create.ts";
import { type Orphan, removeAll } from "./removal.ts";
import { findLost } from "./search.ts";

/** Types of which OpenStack has no two alike: it refuses to make what is there already. */
const UNIQUE: readonly string[] = [TYPES.routerInterface, TYPES.securityGroupRule];

/** Types that are found by a description with a mark. */
const MARKED: readonly string[] = [TYPES.floatingIp, TYPES.volume, TYPES.recordSet];

/** Nothing is the stack's own here, so that what could be another's is not found at all. */
const NOTHING: Known = { ids: new Set(), own: new Set(), urns: new Set() };

/** What becomes of an object that a failed try may have left behind. */
export type Leftover = "none possible" | "findable" | "not findable";

/** Whether an object that a creation made, and of which it knows nothing, can be told from those of others. */
export function leftoverOf(type: string, { __defaults: defaults }: Inputs): Leftover {
  const types: readonly string[] = Object.values(TYPES);
  if (!types.includes(type) || UNIQUE.includes(type)) return "none possible";
  // Another stack may have given the same name; a generated one is like no other.
  return MARKED.includes(type) || (Array.isArray(defaults) && defaults.includes("name")) ? "findable" : "not findable";
}

/**
 * Deletes what a failed creation made, so that it can be tried again. What the state knows stays: its predecessor, when it is replaced, is
 * described alike and in use until then. So does what is in use otherwise, which is an error.
 * @param readState reads the state, and is asked only when something was found
 */
export async function removeLeftover(cloud: OpenStack, create: LostCreate, readState: () => Promise<StackState>): Promise<Orphan[]> {
  const all = await findLost(cloud, [create], NOTHING);
  if (all.length === 0) return [];
  const { ids } = knownOf(await readState());
  // A server has the name of this very try, which no Node has.
  const { free, serving } = await judge(
    cloud,
    all.filter(({ object }) => !ids.has(object.id)),
    async () => undefined,
  );
  const [used] = serving;
  if (used) throw new Error(`the ${used.kind} ${used.name} (${used.id}) may be it, but ${used.reason}`);
  return removeAll(cloud, free, () => {});
}
