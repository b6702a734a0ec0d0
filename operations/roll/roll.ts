import type { EngineEvent } from "../engine/events.ts";
import type { RunScope } from "../engine/stack-engine.ts";
import { HealingLease } from "../replacement/healing-lease.ts";
import { progressOf, type ReplacementStep } from "../replacement/progress.ts";
import { type ChangeableStack, openSession, type Session, takeLease } from "../replacement/session.ts";
import { awaitReady } from "./ready-nodes.ts";
import { afterFirst, type PoolRollout, rolloutsIn } from "./rollouts.ts";

export interface RollOptions {
  /** Name of the cluster, in a stack with several. @default the only one of the stack */
  cluster?: string;
  /** Only tells the steps. @default false */
  planOnly?: boolean;
  /** Called with what will be replaced, before anything is done. @default nobody */
  onPlan?: (rollouts: PoolRollout[]) => void;
  /** Called when a step of a replacement has ended. @default nobody */
  onStep?: (step: ReplacementStep) => void;
  /** Called with messages for users. @default nobody */
  onMessage?: (message: string) => void;
  /** Waits. @internal */
  wait?: (milliseconds: number) => Promise<unknown>;
}

/** Outcome of a roll. */
export interface Roll {
  /** What was to be replaced at the beginning, by pool. */
  rollouts: PoolRollout[];
  /** Number of runs that have ended well. */
  runs: number;
}

/** Run of the whole program. */
const ALL: RunScope = { target: [], replace: [] };

/** Number of runs after each other that may replace nothing, because they end what was interrupted. */
const MOST_IDLE = 1;

/**
 * Replaces the machines of the pools whose image has changed, in steps: it runs `pulumi up` until none is left. Before each step, and in the
 * end, all Nodes of these pools must be Ready. It stops at the first failure. A roll that was interrupted goes on, because the stack's state
 * says which machine has which image.
 * @param target stack of the Automation API, or stack by its name
 * @throws when a run fails, when Nodes do not become Ready, or when the program does not know its state; StackBusy or LeaseHeld when another
 *   run or healing is at work
 */
export async function roll(target: ChangeableStack, options: RollOptions = {}): Promise<Roll> {
  const session = await openSession(target, sessionOptions(options));
  const rollouts = rolloutsIn(await session.engine.preview(ALL));
  options.onPlan?.(rollouts);
  if (options.planOnly || rollouts.length === 0) return { rollouts, runs: 0 };
  requireOwn(session, rollouts);
  const lease = await leaseOf(session);
  try {
    return { rollouts, runs: await runAll(target, rollouts, options) };
  } finally {
    await lease.release();
  }
}

async function runAll(target: ChangeableStack, rollouts: readonly PoolRollout[], options: RollOptions): Promise<number> {
  const { onMessage = () => {}, onStep = () => {} } = options;
  let runs = 0;
  for (let left = rollouts, idle = 0; left.length > 0; ) {
    // What was interrupted is ended in any case: its machines may not be Nodes yet.
    const begun = left.filter(({ steps: [first = []] }) => first.length > 0);
    const { engine } = await readySession(target, begun, runs > 0, options);
    onMessage(`run ${runs + 1}, pulumi up: ${left.map(stepText).join("; ")}`);
    const events: EngineEvent[] = [];
    const tell = progressOf(onStep);
    await engine.up(ALL, (event) => {
      events.push(event);
      tell(event);
    });
    runs += 1;
    const done = rolloutsIn(events);
    idle = done.some(({ steps: [first] }) => first!.length > 0) ? 0 : idle + 1;
    left = afterFirst(done);
    if (idle > MOST_IDLE && left.length > 0) throw new Error(idleText(left));
  }
  await readySession(target, rollouts, true, options);
  return runs;
}

/** Reads the stack anew, and waits until the Nodes of the pools are Ready. */
async function readySession(
  target: ChangeableStack,
  rollouts: readonly PoolRollout[],
  everyMachine: boolean,
  options: RollOptions,
): Promise<Session> {
  const { onMessage = () => {}, wait } = options;
  const session = await openSession(target, sessionOptions(options));
  await awaitReady(apiOf(session), session.part.servers, rollouts, { onMessage, everyMachine, wait });
  return session;
}

function apiOf({ kubernetes }: Session): NonNullable<Session["kubernetes"]> {
  if (kubernetes) return kubernetes;
  throw new Error(
    "the stack's state has no kubeconfig, so whether Nodes are Ready is not known; look at them yourself, and run `pulumi up` for each step",
  );
}

async function leaseOf(session: Session): Promise<HealingLease> {
  apiOf(session);
  const lease = await takeLease(session);
  if (lease instanceof HealingLease) return lease;
  throw new Error(`no machine is replaced: the lease that keeps healing away could not be taken: ${lease}`);
}

/** Checks that all pools are of the cluster whose API is asked: a run is one of the whole stack. */
function requireOwn({ part }: Session, rollouts: readonly PoolRollout[]): void {
  const own = new Set(part.servers.map(({ pool }) => pool));
  const others = rollouts.filter(({ component }) => !own.has(component)).map(({ component }) => component);
  if (others.length > 0)
    throw new Error(
      `the run would replace machines of ${others.join(", ")}, too, which are not of cluster "${part.cluster}"; run \`pulumi up\` for each step`,
    );
}

function sessionOptions({ cluster }: RollOptions): { cluster?: string } {
  return cluster === undefined ? {} : { cluster };
}

function stepText({ pool, steps: [first = []] }: PoolRollout): string {
  return first.length > 0 ? `pool ${pool}: ${first.join(", ")}` : `pool ${pool}: ends what was interrupted`;
}

function idleText(left: readonly PoolRollout[]): string {
  return (
    `runs have replaced no machine of ${left.map(({ pool }) => `pool ${pool}`).join(", ")}, because others are replaced each time; ` +
    "see which in the output of `pulumi preview`, and have them run"
  );
}
