import { type HealPlan, planHealing, type Replacement } from "../../lib/heal/plan.ts";
import { checkPolicy, type HealPolicy, type Limits } from "../../lib/heal/policy.ts";
import { type HealthReport, judgeHealth } from "../../lib/health/judge.ts";
import { Problems } from "../../lib/problems.ts";
import { reasonOf } from "../../lib/reason.ts";
import { StackBusy } from "../engine/stack-engine.ts";
import { HealingLease, LeaseHeld } from "../replacement/healing-lease.ts";
import type { ReplacementStep } from "../replacement/progress.ts";
import { prepareReplacement } from "../replacement/replace-machines.ts";
import { type ChangeableStack, openSession, type Session, type SessionOptions, takeLease } from "../replacement/session.ts";
import { forgetReplacements, readLedger, recordReplacements } from "./kept-ledger.ts";
import { exitCodeOf, type HealResult, type HealRun } from "./result.ts";

export interface HealOptions extends SessionOptions {
  /** Only plans: nothing is changed, not even the cluster's record of replacements. @default false */
  planOnly?: boolean;
  /** Called with the plan before anything is done. @default nobody */
  onPlan?: (plan: HealPlan, cluster: string) => void;
  /** Called when a step of a replacement has ended. @default nobody */
  onStep?: (step: ReplacementStep) => void;
}

/**
 * Replaces the machines of a stack's cluster that do not work: workers in ERROR, gone, or NotReady for some minutes, and one control plane or
 * member of etcd whose etcd keeps its majority. Each `pulumi up` is limited to these machines and to what makes them join, and it is
 * previewed: if it would change anything else, nothing is done. It runs no daemon; call it from cron or CI.
 *
 * Nothing is done when OpenStack or the Kubernetes API does not answer, when too many machines of a pool fail at once, for young servers, for
 * Nodes that a person has cordoned, and for a place whose machine has been replaced several times. Two calls at once: one of them acts.
 * @param target stack of the Automation API, or stack by its name
 * @throws when the policy is not valid, or the stack's state cannot be read or has no cluster
 */
export async function heal(target: ChangeableStack, policy: HealPolicy = {}, options: HealOptions = {}): Promise<HealResult> {
  const problems = new Problems();
  const limits = checkPolicy(policy, problems);
  problems.throwIfAny("heal");
  const session = await openSession(target, options);
  const { cluster } = session.part;
  try {
    const lease = options.planOnly ? undefined : await takeLease(session);
    try {
      return await healWith(session, lease, limits, options);
    } finally {
      if (lease instanceof HealingLease) await lease.release();
    }
  } catch (error) {
    if (!(error instanceof LeaseHeld)) throw error;
    const none = { stopped: [], replaced: [], told: [] };
    return { cluster, time: new Date().toISOString(), plan: none, runs: [], busy: error.message, exitCode: 3 };
  }
}

/** @param lease lease, the reason why there is none, or nothing when it is not needed */
async function healWith(
  session: Session,
  lease: HealingLease | string | undefined,
  limits: Limits,
  options: HealOptions,
): Promise<HealResult> {
  const { cluster } = session.part;
  const time = new Date().toISOString();
  const { health, plan } = await judged(session, time, limits);
  // An API that has answered only afterwards is too unsteady to act.
  if (typeof lease === "string" && plan.stopped.length === 0) Object.assign(plan, { stopped: [reasonWithoutLease(lease)], replaced: [] });
  options.onPlan?.(plan, cluster);
  const runs: HealRun[] = [];
  let busy: string | undefined;
  for (const machines of options.planOnly ? [] : runsOf(plan)) {
    const result = await replace(session, machines, options);
    if ("busy" in result) {
      busy = result.busy;
      break;
    }
    runs.push(result);
    if (result.failure !== undefined) break;
  }
  const result = { cluster, time, health, plan, runs, ...(busy === undefined ? {} : { busy }) };
  return { ...result, exitCode: exitCodeOf(result) };
}

function reasonWithoutLease(reason: string): string {
  return `the lease of healing could not be taken: ${reason}`;
}

async function judged(session: Session, time: string, limits: Limits): Promise<{ health: HealthReport; plan: HealPlan }> {
  const observations = await session.observe(time);
  const health = judgeHealth(observations);
  // Of an API that does not answer, the ledger is not read: nothing is replaced then.
  const isAsked = session.kubernetes && !health.unchecked.includes("kubernetes");
  const plan = planHealing(observations, isAsked ? await readLedger(session.kubernetes!) : {}, limits);
  return { health, plan };
}

/** Returns the machines of each run: first a control plane or member of etcd by itself, then all workers. */
function runsOf({ replaced }: HealPlan): Replacement[][] {
  const isWorker = ({ object }: Replacement) => object.kind === "worker";
  return [replaced.filter((each) => !isWorker(each)), replaced.filter(isWorker)].filter((machines) => machines.length > 0);
}

async function replace(session: Session, machines: Replacement[], { onStep }: HealOptions): Promise<HealRun | { busy: string }> {
  const kubernetes = session.kubernetes!;
  const began = Date.now();
  const steps: ReplacementStep[] = [];
  const run = (failure?: string): HealRun => ({
    machines: machines.map(({ object }) => object.name),
    steps,
    seconds: Math.round((Date.now() - began) / 1000),
    ...(failure === undefined ? {} : { failure }),
  });
  const keys = machines.map(({ key }) => key);
  const time = new Date().toISOString();
  try {
    const prepared = await prepareReplacement(
      session.engine,
      session.part.resources,
      machines.map(({ object }) => object),
    );
    await recordReplacements(kubernetes, keys, time);
    await prepared.run((step) => {
      steps.push(step);
      onStep?.(step);
    });
    return run();
  } catch (error) {
    if (!(error instanceof StackBusy)) return run(reasonOf(error));
    await forgetReplacements(kubernetes, keys, time).catch(() => {});
    return { busy: error.message };
  }
}
