import type { Ledger } from "../../lib/heal/ledger.ts";
import { type HealPlan, planHealing } from "../../lib/heal/plan.ts";
import { DEFAULT_POLICY, type Limits } from "../../lib/heal/policy.ts";
import type { EtcdMember, MachineReport, Observations } from "../../lib/health/observations.ts";
import { healthy, healthyObjects, machine, node, podsOf, server } from "./cluster-objects.ts";

/** Names of control planes and of workers of the pool "web". */
export const planes = (count: number) => Array.from({ length: count }, (_, place) => `demo-control-plane-${place}`);
export const workers = (count: number) => Array.from({ length: count }, (_, place) => `demo-web-${place}`);

/** Change of a machine: its server's status, none for one that is gone, and its Node. */
export interface Change {
  status?: string | undefined;
  created?: string;
  updated?: string;
  /** Status of the condition Ready, and since when. @default ready */
  ready?: { status: string; lastTransitionTime: string };
  hasNode?: boolean;
  unschedulable?: boolean;
  annotations?: Record<string, string>;
}

/** Observations of a cluster of control planes and of the pool "web", with machines that are changed by name. */
export function observed(
  { controlPlanes = 3, web = 10, reports = true }: { controlPlanes?: number; web?: number; reports?: boolean },
  changes: Readonly<Record<string, Change>>,
  rest: Partial<Observations> = {},
): Observations {
  const names = [...planes(controlPlanes), ...workers(web)];
  const servers = names.flatMap((name) => {
    const { status = "ACTIVE", created, updated } = changes[name] ?? {};
    const isGone = changes[name] !== undefined && "status" in changes[name] && changes[name].status === undefined;
    return isGone ? [] : [server(name, { status, ...(created ? { created } : {}), ...(updated ? { updated } : {}) })];
  });
  const nodes = names.flatMap((name) => {
    const { ready, hasNode = true, unschedulable = false, annotations = {} } = changes[name] ?? {};
    const made = node(name, ready ? { Ready: ready } : {});
    return hasNode ? [{ ...made, metadata: { ...made.metadata, annotations }, spec: { unschedulable } }] : [];
  });
  const api = healthy().api!;
  return healthy({
    machines: [
      ...planes(controlPlanes).map((name) => machine("control plane", name)),
      ...workers(web).map((name) => ({ ...machine("worker", name), pool: "demo-web" })),
    ],
    servers: { value: servers },
    api: { ...api, objects: { value: healthyObjects({ nodes, pods: podsOf(...planes(controlPlanes)) }) } },
    reports: reports ? planes(controlPlanes).map((name) => reportOf(name, planes(controlPlanes), changes[name]?.status !== undefined)) : [],
    ...rest,
  });
}

/** Report of a machine whose etcd answers, or of one that does not answer. */
export function reportOf(name: string, voters: readonly string[], isSilent = false, member: Partial<EtcdMember> = {}): MachineReport {
  if (isSilent) return { machine: name, report: { unknown: "no route to host" } };
  const members = voters.map((each) => ({ name: each, isLearner: false }));
  return {
    machine: name,
    report: { value: { etcds: [{ etcd: "etcd", hasLeader: true, alarms: [], members, ...member }], certificates: [] } },
  };
}

/** Lines that say what a plan does. */
export function lines({ stopped, replaced, told }: HealPlan): string[] {
  return [
    ...stopped.map((reason) => `stopped: ${reason}`),
    ...replaced.map(({ object, reason }) => `replace ${object.name}: ${reason}`),
    ...told.map(({ object, reason, objection, isPending }) => `${isPending ? "wait" : "leave"} ${object.name}: ${reason}; ${objection}`),
  ];
}

/** Plans by default limits, with changes. */
export function planned(observations: Observations, limits: Partial<Limits> = {}, ledger: Ledger = {}): string[] {
  return lines(planHealing(observations, ledger, { ...DEFAULT_POLICY, ...limits }));
}
