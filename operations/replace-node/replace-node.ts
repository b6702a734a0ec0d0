import { reasonsToStop } from "../../lib/heal/plan.ts";
import { objectionToLosing } from "../../lib/heal/quorum.ts";
import { keyOf } from "../../lib/heal/rails.ts";
import type { Machine, Observations } from "../../lib/health/observations.ts";
import { nameAdvice } from "../../lib/nearest-name.ts";
import { HealingLease } from "../replacement/healing-lease.ts";
import type { ReplacementStep } from "../replacement/progress.ts";
import { prepareReplacement } from "../replacement/replace-machines.ts";
import { type ChangeableStack, openSession, type Session, type SessionOptions, takeLease } from "../replacement/session.ts";

export interface ReplaceNodeOptions extends SessionOptions {
  /** Only checks and previews the replacement. @default false */
  planOnly?: boolean;
  /** Replaces it even if the cluster may not serve without it, or nothing is known of the others. @default false */
  force?: boolean;
  /** Called with what will be done, before it is. @default nobody */
  onPlan?: (plan: ReplaceNodePlan) => void;
  /** Called when a step has ended. @default nobody */
  onStep?: (step: ReplacementStep) => void;
}

/** Machine that is replaced, and the risks of it. */
export interface ReplaceNodePlan {
  role: Machine["role"];
  name: string;
  /** Id of the server. */
  id: string;
  /** Risks that are taken because of `force`; none otherwise. */
  risks: string[];
}

/** Result of a replacement. */
export interface ReplaceNodeResult {
  plan: ReplaceNodePlan;
  /** Steps that have ended; none when only the plan was wanted. */
  steps: ReplacementStep[];
}

/**
 * Replaces the machine of a node: a worker, a control plane or a member of etcd. A worker's successor joins before the old node is drained and
 * removed. The machine of a control plane or member is deleted first, so the others must keep etcd's majority. The run is limited to this
 * machine and to what makes it join.
 * @param name name of the Node or server, or of the machine's resource in the stack, which stays when it is replaced
 * @throws when there is no such machine, when the cluster may not serve without it, when the run would change more, or when it fails; StackBusy
 *   or LeaseHeld when another run or healing is at work
 */
export async function replaceNode(target: ChangeableStack, name: string, options: ReplaceNodeOptions = {}): Promise<ReplaceNodeResult> {
  const session = await openSession(target, options);
  const lease = options.planOnly ? undefined : await takeLease(session);
  try {
    const observations = await session.observe(new Date().toISOString());
    const machine = machineOf(observations, name);
    const risks = risksOf(observations, machine);
    if (risks.length > 0 && !options.force)
      throw new Error(`${machine.role} ${machine.name} is not replaced: ${risks.join("; ")}; bring the others back first, or force it`);
    return await replace(session, machine, risks, options);
  } finally {
    if (lease instanceof HealingLease) await lease.release();
  }
}

async function replace(
  { engine, part }: Session,
  machine: Machine,
  risks: string[],
  { planOnly, onPlan, onStep }: ReplaceNodeOptions,
): Promise<ReplaceNodeResult> {
  const { role, name, id } = machine;
  const plan = { role, name, id, risks };
  const prepared = await prepareReplacement(engine, part.resources, [machine]);
  onPlan?.(plan);
  const steps: ReplacementStep[] = [];
  if (!planOnly)
    await prepared.run((step) => {
      steps.push(step);
      onStep?.(step);
    });
  return { plan, steps };
}

/** Finds a machine by the name of its Node or server, or by that of its resource. */
function machineOf({ cluster, machines, imported }: Observations, name: string): Machine {
  const nodes = machines.filter(({ role }) => role !== "bastion");
  const found = nodes.find((each) => each.name === name) ?? nodes.find(({ urn }) => keyOf(urn) === name);
  if (found) return found;
  if (imported.includes(name))
    throw new Error(`${name} is an imported server, which cannot be replaced; reinstall it yourself, and run \`pulumi up\``);
  const names = nodes.map((each) => each.name);
  throw new Error(`cluster "${cluster}" has no node "${name}"; ${nameAdvice(name, names)}`);
}

/** Returns what may happen to the cluster without a machine. A worker's successor joins first, so it only needs an API. */
function risksOf(observations: Observations, machine: Machine): string[] {
  const stopped = reasonsToStop(observations);
  const risk = machine.role === "worker" || stopped.length > 0 ? undefined : objectionToLosing(observations, machine);
  return [...stopped, ...(risk === undefined ? [] : [risk])];
}
