import type { OpenStack } from "../openstack/client.ts";
import { type Orphan, removeLost } from "./removal.ts";
import type { Inputs } from "./stack-state.ts";
import { TYPES } from "./types.ts";

/** Types of which OpenStack has no two alike: it refuses to make what is there already. */
const UNIQUE: readonly string[] = [TYPES.routerInterface, TYPES.securityGroupRule];

/** Types that are found by a description with a mark. */
const MARKED: readonly string[] = [TYPES.floatingIp, TYPES.volume, TYPES.recordSet];

/** What becomes of an object that a failed try may have left behind. */
export type Leftover = "none possible" | "findable" | "not findable";

/** Whether an object that a creation made, and of which it knows nothing, can be told from those of others. */
export function leftoverOf(type: string, { __defaults: defaults }: Inputs): Leftover {
  const types: readonly string[] = Object.values(TYPES);
  if (!types.includes(type) || UNIQUE.includes(type)) return "none possible";
  // Another stack may have given the same name; a generated one is like no other.
  return MARKED.includes(type) || (Array.isArray(defaults) && defaults.includes("name")) ? "findable" : "not findable";
}

/** Deletes what a failed creation made, so that it can be tried again. */
export function removeLeftover(cloud: OpenStack, urn: string, type: string, inputs: Inputs): Promise<Orphan[]> {
  const nothing = new Set<string>();
  return removeLost(cloud, [{ urn, type, inputs }], { ids: nothing, own: nothing, urns: nothing }, () => {});
}
