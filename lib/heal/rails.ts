import type { NodeObject } from "../health/kubernetes-objects.ts";
import { type Ledger, replacementsOf } from "./ledger.ts";
import type { Limits } from "./policy.ts";
import type { Spared, Trouble } from "./trouble.ts";

/** Annotation with which a person keeps a Node's machine from being replaced. */
export const HEAL_ANNOTATION = "caravan.dev/heal";

/** Value of that annotation. */
export const NEVER = "never";

/** Annotation of Nodes that the library's own scripts have cordoned. Others were cordoned by a person. */
export const CORDON_ANNOTATION = "caravan.dev/cordoned";

/** Returns why the machine of a trouble is not replaced, whatever the others do. */
export function sparedByItself(
  { machine, server, node, spared }: Trouble,
  time: string,
  ledger: Ledger,
  limits: Limits,
): Spared | undefined {
  const { settlingMinutes, maxReplacements, windowHours } = limits;
  if (spared) return spared;
  if (isYoung(server?.created, time, settlingMinutes))
    return { objection: `its server is younger than ${settlingMinutes} minutes`, isPending: true };
  if (node?.metadata.annotations?.[HEAL_ANNOTATION] === NEVER)
    return { objection: `its Node has the annotation ${HEAL_ANNOTATION}: ${NEVER}`, isPending: false };
  if (isCordonedByPerson(node)) return { objection: "somebody has cordoned its Node", isPending: false };
  const count = replacementsOf(ledger, keyOf(machine.urn), time, windowHours);
  if (count >= maxReplacements)
    return {
      objection: `it was replaced ${times(count)} within ${windowHours} hours, and a further machine would fail, too`,
      isPending: false,
    };
  return undefined;
}

/** Returns the key of a machine's place: the name of its resource. */
export function keyOf(urn: string): string {
  return urn.split("::").at(-1)!;
}

/** Returns whether a server was created so short a time ago that it may still be joining. */
export function isYoung(created: string | undefined, time: string, minutes: number): boolean {
  return created !== undefined && Date.parse(time) - Date.parse(created) < minutes * 60_000;
}

function isCordonedByPerson(node: NodeObject | undefined): boolean {
  return node?.spec?.unschedulable === true && node.metadata.annotations?.[CORDON_ANNOTATION] === undefined;
}

function times(count: number): string {
  return count === 1 ? "once" : count === 2 ? "twice" : `${count} times`;
}
