import { setTimeout } from "node:timers/promises";
import { OpenStack } from "./openstack/client.ts";
import { type CloudChoice, cloudSettings } from "./openstack/cloud-settings.ts";
import { failedCreates, interruptedCreates } from "./orphans/lost-creates.ts";
import { type Orphan, removeLost } from "./orphans/removal.ts";
import { knownOf, type StackState } from "./orphans/stack-state.ts";
import { TYPES } from "./orphans/types.ts";

export type { Orphan, StackState };

export interface RemoveOrphansOptions extends CloudChoice {
  /** Told of each orphan before it is deleted. @default nobody */
  onFound?: (orphan: Orphan) => void;
  /** Seconds in which requests of the interrupted run may still arrive. @default 5 */
  settleSeconds?: number;
  /**
   * Whether a run may have been ended before it wrote the state: then OpenStack is asked for all that the state's components may have lost.
   * @default whether the environment has PULUMI_SKIP_CHECKPOINTS, which writes it at the end alone
   */
  skipsCheckpoints?: boolean;
}

const LOSABLE: readonly string[] = Object.values(TYPES);

/**
 * Deletes what an interrupted or failed run of Pulumi left in OpenStack: objects of creations whose end the state does not
 * know, which the next run would make a second time and no run would ever delete. It must run before resources are registered.
 * An object is deleted only when it can be of no other stack, and never when the state knows its id; where the state
 * lacks nothing and every run was seen to its end, OpenStack is not asked at all.
 * @param state what `pulumi stack export` prints and `stack.exportStack()` of the Automation API gives
 */
export async function removeOrphans(state: StackState, options: RemoveOrphansOptions = {}): Promise<Orphan[]> {
  const interrupted = interruptedCreates(state).filter(({ type }) => LOSABLE.includes(type));
  const {
    onFound = () => {},
    settleSeconds = 5,
    skipsCheckpoints = /^(1|true)$/i.test(process.env.PULUMI_SKIP_CHECKPOINTS ?? ""),
  } = options;
  const failed = failedCreates(state, !skipsCheckpoints);
  if (interrupted.length + failed.length === 0) return [];

  const known = knownOf(state);
  const cloud = await OpenStack.connect(cloudSettings(options));
  const removed = await removeLost(cloud, [...interrupted, ...failed], known, onFound);
  // What the state has meanwhile was made by a later run; requests of the one before have long arrived.
  const recent = interrupted.filter(({ urn }) => !known.urns.has(urn));
  const deadline = Date.now() + settleSeconds * 1000;
  for (;;) {
    const open = recent.filter(({ urn }) => !removed.some((orphan) => orphan.urn === urn));
    if (open.length === 0 || Date.now() >= deadline) return removed;
    await setTimeout(1000);
    removed.push(...(await removeLost(cloud, open, known, onFound)));
  }
}
