import { setTimeout } from "node:timers/promises";
import type { OpenStack } from "../../clients/openstack/client.ts";
import { knownOf, type StackState } from "../state/stack-state.ts";
import { TYPES } from "../state/types.ts";
import { type Judged, judge, type Serving } from "./judge.ts";
import type { LostCreate } from "./lost-create.ts";
import { failedCreates, interruptedCreates } from "./lost-creates.ts";
import { membershipJudge } from "./membership.ts";
import { type Orphan, orphanOf, removalLine, removeAll } from "./removal.ts";
import { type Found, findLost } from "./search.ts";

export { type Orphan, removalLine, type Serving, type StackState };

export interface OrphanSearch {
  state: StackState;
  /** Reads the state with its secrets; asked only when a lost server could be a Node. */
  readSecrets: () => Promise<StackState>;
  /** Signs in; asked only when the state lacks something. */
  connect: () => Promise<OpenStack>;
  /**
   * Whether a run may have been ended before it wrote the state: then OpenStack is asked for all that the state's components may have lost.
   * @default whether the environment has PULUMI_SKIP_CHECKPOINTS, which writes it at the end alone
   */
  skipsCheckpoints?: boolean;
  /** Ids of what is to be removed although it serves. @default none */
  removeServing?: readonly string[];
  /** Seconds in which requests of the interrupted run may still arrive. @default 5 */
  settleSeconds?: number;
}

/** What was found, and how it is removed. */
export interface Orphans {
  /** What may be removed. */
  found: readonly Orphan[];
  /** What is of use to somebody, and stays. */
  serving: readonly Serving[];
  /** Removes what may be removed, and what arrives meanwhile; told of each object before. */
  remove: (onRemoval: (orphan: Orphan) => void) => Promise<Orphan[]>;
}

const LOSABLE: readonly string[] = Object.values(TYPES);

/**
 * Looks for what an interrupted or failed run of Pulumi left in OpenStack: objects of creations whose end the state does not know, which
 * the next run would make a second time and no run would ever delete. An object is found only when it can be of no other stack, and never
 * when the state knows its id; where the state lacks nothing and every run was seen to its end, OpenStack is not asked at all.
 */
export async function lookForOrphans(search: OrphanSearch): Promise<Orphans> {
  const { state, skipsCheckpoints = /^(1|true)$/i.test(process.env.PULUMI_SKIP_CHECKPOINTS ?? "") } = search;
  const interrupted = interruptedCreates(state).filter(({ type }) => LOSABLE.includes(type));
  const failed = failedCreates(state, !skipsCheckpoints);
  if (interrupted.length + failed.length === 0) return { found: [], serving: [], remove: async () => [] };

  const cloud = await search.connect();
  const known = knownOf(state);
  const judgeServer = membershipJudge(state, search.readSecrets);
  const look = async (creates: readonly LostCreate[]): Promise<Judged> =>
    judge(cloud, await findLost(cloud, creates, known), judgeServer, search.removeServing);
  const { free, serving } = await look([...interrupted, ...failed]);
  // What the state has meanwhile was made by a later run; requests of the one before have long arrived.
  const recent = interrupted.filter(({ urn }) => !known.urns.has(urn));
  const late = (open: readonly LostCreate[]) => look(open).then((judged) => judged.free);
  return {
    found: free.map(orphanOf),
    serving,
    remove: (onRemoval) => removeAndWait(cloud, free, recent, late, onRemoval, search.settleSeconds ?? 5),
  };
}

/** Removes what was found, and then, as long as requests may arrive, what was not there yet. */
async function removeAndWait(
  cloud: OpenStack,
  free: readonly Found[],
  recent: readonly LostCreate[],
  look: (open: readonly LostCreate[]) => Promise<Found[]>,
  onRemoval: (orphan: Orphan) => void,
  settleSeconds: number,
): Promise<Orphan[]> {
  const removed = await removeAll(cloud, free, onRemoval);
  const deadline = Date.now() + settleSeconds * 1000;
  for (;;) {
    const open = recent.filter(({ urn }) => !removed.some((orphan) => orphan.urn === urn));
    if (open.length === 0 || Date.now() >= deadline) return removed;
    await setTimeout(1000);
    removed.push(...(await removeAll(cloud, await look(open), onRemoval)));
  }
}
