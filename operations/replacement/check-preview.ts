import type { Change } from "../engine/events.ts";
import { nameOf, typeOf } from "../state/stack-state.ts";
import type { ReplacementTargets } from "./targets.ts";

/** Machine that is replaced. */
export interface ReplacedMachine {
  name: string;
  /** Id of its server. */
  id: string;
  /** URN of its server. */
  urn: string;
}

/** Error of a run that would change more than the machines, or not these machines. */
export class OtherChanges extends Error {}

/** Most resources that an error names. */
const NAMED = 10;

/** Checks that the commands have nothing to do while the machines stay: what they would do reaches other machines, too. */
export function checkNothingPending(changes: readonly Change[]): void {
  if (changes.length === 0) return;
  throw new OtherChanges(
    `the configuration, the library or the stack's program has changed since the last run, and other machines would get that, too: ${listed(changes)}; run \`pulumi up\` first`,
  );
}

/** Error of Pulumi when a target depends on a resource that is still to be created. */
const MISSING = /depends on '([^']+)' which was (?:was )?not specified in --target list/g;

/** Checks whether a preview failed because the program has resources that are still to be created. */
export function checkNothingMissing(failure: string): void {
  const names = new Set([...failure.matchAll(MISSING)].map(([, urn = ""]) => nameOf(urn)));
  if (names.size > 0)
    throw new OtherChanges(
      `the program has resources that the stack does not have yet: ${[...names].sort().join(", ")}; run \`pulumi up\` first`,
    );
}

/** Checks that a preview replaces the machines as they are known, runs the commands that follow, and does nothing else. */
export function checkPreview(changes: readonly Change[], machines: readonly ReplacedMachine[], targets: ReplacementTargets): void {
  const others = changes.filter((change) => !isExpected(change, targets));
  if (others.length > 0) throw new OtherChanges(`the replacement would also change ${listed(others)}; run \`pulumi up\` first`);
  for (const { name, id, urn } of machines) {
    const change = changes.find((each) => each.urn === urn);
    if (!change)
      throw new OtherChanges(`the preview does not replace ${name}; is it in the stack's program still? Run \`pulumi up\` first`);
    if (change.id !== undefined && change.id !== id)
      throw new OtherChanges(`another run has replaced ${name} meanwhile; look at the cluster again`);
  }
}

function isExpected({ urn, ops }: Change, { roots, servers, recreated, commands }: ReplacementTargets): boolean {
  const isReplaced = ops.includes("replace") || ops.includes("create-replacement");
  if ([...roots, ...servers].includes(urn)) return isReplaced;
  if (recreated.includes(urn)) return isReplaced || ops.join() === "update";
  return commands.includes(urn) && (isReplaced || ops.join() === "update");
}

function listed(changes: readonly Change[]): string {
  const names = changes.map(({ urn, ops }) => `${nameOf(urn)} (${typeOf(urn)}: ${ops.join(", ")})`).sort();
  const rest = names.length > NAMED ? `, and ${names.length - NAMED} more` : "";
  return names.slice(0, NAMED).join(", ") + rest;
}
