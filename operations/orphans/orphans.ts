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
  /** Reads the state with its secrets; called only when a lost server could be a Node. */
  readSecrets: () => Promise<StackState>;
  /** Signs in; called only when something may be lost. */
  connect: () => Promise<OpenStack>;
  /**
   * Searches for everything that the state's components may have lost, because a run may have ended before it wrote the state.
   * @default true when PULUMI_SKIP_CHECKPOINTS is set, with which Pulumi writes the state only at the end
   */
  skipsCheckpoints?: boolean;
  /** Ids of objects that are removed although they are in use. @default none */
  removeServing?: readonly string[];
  /** Seconds during which requests of the interrupted run may still arrive. @default 5 */
  settleSeconds?: number;
}

/** Orphans that were found, and their removal. */
export interface Orphans {
  /** Orphans that may be removed. */
  found: readonly Orphan[];
  /** Orphans in use, which stay. */
  serving: readonly Serving[];
  /** Removes the orphans that may be removed, and those that appear meanwhile. Calls `onRemoval` before each. */
  remove: (onRemoval: (orphan: Orphan) => void) => Promise<Orphan[]>;
}

const LOSABLE: readonly string[] = Object.values(TYPES);

/**
 * Finds orphans: objects that an interrupted or failed run of Pulumi left in OpenStack. The state does not know the end of their creation,
 * so the next run would create them a second time, and no run would ever delete them. An object is found only when it can belong to no
 * other stack and its id is not in the state. When the state is complete and no run was interrupted, OpenStack is not asked at all.
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
  // A resource that the state has by now was created by a later run. Requests of the interrupted one arrived long ago.
  const recent = interrupted.filter(({ urn }) => !known.urns.has(urn));
  const late = (open: readonly LostCreate[]) => look(open).then((judged) => judged.free);
  return {
    found: free.map(orphanOf),
    serving,
    remove: (onRemoval) => removeAndWait(cloud, free, recent, late, onRemoval, search.settleSeconds ?? 5),
  };
}

/** Removes the orphans that were found, and then those that appear as long as requests may arrive. */
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
