import type { EngineEvent } from "../engine/events.ts";
import { nameOf, typeOf } from "../state/stack-state.ts";
import { TYPES } from "../state/types.ts";

/** Step of a replacement that has ended. */
export interface ReplacementStep {
  /** Name of the resource in the stack: that of a machine's place, or of a command that runs on machines. */
  resource: string;
  /** Step that is done. */
  step: string;
  /** Seconds that it took. */
  seconds: number;
}

/** Descriptions of commands, by the end of their names. */
const COMMANDS: readonly [RegExp, string][] = [
  [/-contact(-\d+)?$/, "contacted"],
  [/-join-\d+$/, "new workers joined, and former ones drained and removed"],
  [/-kubeadm$/, "control plane started"],
  [/-etcd$/, "member of etcd started"],
  [/-members$/, "former members removed"],
];

/** Returns a listener that tells the steps of a run as they end. */
export function progressOf(onStep: (step: ReplacementStep) => void): (event: EngineEvent) => void {
  const begun = new Map<string, number>();
  return ({ resourcePreEvent, resOutputsEvent }) => {
    const { op, urn } = resourcePreEvent?.metadata ?? resOutputsEvent?.metadata ?? { op: "same", urn: "" };
    const key = `${op} ${urn}`;
    if (resourcePreEvent) begun.set(key, Date.now());
    const step = resOutputsEvent && begun.has(key) ? stepOf(op, urn) : undefined;
    if (step !== undefined) onStep({ resource: nameOf(urn), step, seconds: Math.round((Date.now() - begun.get(key)!) / 1000) });
  };
}

function stepOf(op: string, urn: string): string | undefined {
  const type = typeOf(urn);
  const made = op === "create" || op === "create-replacement";
  const deleted = op === "delete" || op === "delete-replaced";
  if (type === TYPES.server) return made ? "new server made" : deleted ? "old server deleted" : undefined;
  if (type === TYPES.port) return made ? "new port made" : deleted ? "old port deleted" : undefined;
  if (type.startsWith("command:") && (made || op === "update"))
    return COMMANDS.find(([name]) => name.test(nameOf(urn)))?.[1] ?? "command run";
  return undefined;
}

/** Writes a step in a line. */
export function stepLine({ resource, step, seconds }: ReplacementStep): string {
  return `${resource}: ${step} (${seconds} s)`;
}
