import { conditionOf, type NodeObject } from "../health/kubernetes-objects.ts";
import { known, type Machine, type Observations, type Server } from "../health/observations.ts";
import { isTrouble, statusReason } from "../node/server-status.ts";
import type { Limits } from "./policy.ts";

/** Machine that does not work. */
export interface Trouble {
  machine: Machine;
  server: Server | undefined;
  node: NodeObject | undefined;
  /** Problem, in a sentence. */
  reason: string;
  /** Reason why it is not replaced for now or at all, by itself. @default it is to be replaced */
  spared?: Spared;
}

/** Reason why a machine is not replaced. */
export interface Spared {
  objection: string;
  /** True when a later run may replace it. */
  isPending: boolean;
}

/** Statuses of a server that by itself does nothing about its Node: it runs, was switched off, or its host is lost. */
const JUDGED = ["ACTIVE", "SHUTOFF", "UNKNOWN"];

/** Returns what is wrong with a machine; `undefined` when nothing is. */
export function troubleOf(observations: Observations, machine: Machine, limits: Limits): Trouble | undefined {
  const server = known(observations.servers)?.find(({ id }) => id === machine.id);
  const node = known(observations.api?.objects)?.nodes.find(({ metadata }) => metadata.name === machine.name);
  const found = serverTrouble(server) ?? nodeTrouble(machine, server, node, observations.time, limits);
  return found && { machine, server, node, ...found };
}

type Found = Pick<Trouble, "reason" | "spared">;

/** Judges a server that is gone, in ERROR, or in the hands of somebody. */
function serverTrouble(server: Server | undefined): Found | undefined {
  const status = server?.status;
  const fault = server?.fault?.message;
  if (status === undefined || status === "ERROR") return { reason: `${statusReason(status)}${fault ? ` (${fault})` : ""}` };
  if (JUDGED.includes(status) || !isTrouble(status)) return undefined;
  return { reason: statusReason(status), spared: { objection: `somebody has put it into ${status}`, isPending: false } };
}

function nodeTrouble(
  { role }: Machine,
  server: Server | undefined,
  node: NodeObject | undefined,
  time: string,
  limits: Limits,
): Found | undefined {
  const status = server?.status ?? "";
  const isOff = isTrouble(status);
  if (role === "member of etcd" || (isOff && node === undefined))
    return isOff ? { reason: statusReason(status), ...tooEarly(server?.updated, time, limits) } : undefined;
  if (node === undefined)
    return { reason: "the machine is no Node of the cluster", spared: { objection: "a run of the stack makes it join", isPending: false } };
  const ready = conditionOf(node, "Ready");
  if (ready?.status === "True")
    return isOff
      ? {
          reason: statusReason(status),
          spared: { objection: "its Node is still ready, so it was switched off a moment ago", isPending: true },
        }
      : undefined;
  const silence = ready?.status === "False" ? "its kubelet is not ready" : "its kubelet does not report";
  const reason = isOff ? `${statusReason(status)}, and ${silence}` : silence;
  if (!JUDGED.includes(status)) return { reason, spared: { objection: `OpenStack is at work on it: ${status}`, isPending: true } };
  return { reason, ...tooEarly(ready?.lastTransitionTime, time, limits) };
}

/** Returns why a machine is not replaced that has been in trouble for too short a time, or for an unknown one. */
function tooEarly(since: string | undefined, time: string, { notReadyMinutes }: Limits): { spared?: Spared } {
  const minutes = since === undefined ? 0 : (Date.parse(time) - Date.parse(since)) / 60_000;
  if (minutes >= notReadyMinutes) return {};
  return { spared: { objection: `it has been so for less than ${notReadyMinutes} minutes`, isPending: true } };
}
