import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { StateResource } from "../../../engine/support/stack.ts";

type Recorded = Pick<StateResource, "type" | "id" | "inputs" | "outputs">;

/**
 * Returns the recorded state of a resource by the official plugins (@pulumi/command 1.2.1, @pulumi/kubernetes 4.34.2; secrets redacted).
 */
export function officialState(type: string): Recorded {
  const recorded = JSON.parse(readFileSync(join(import.meta.dirname, "../fixtures/official-state.json"), "utf8")) as Recorded[];
  const found = recorded.find((resource) => resource.type === type);
  if (found === undefined) throw new Error(`no recorded state of type ${type}`);
  return comparable(found);
}

/** Returns the part of a resource's state that a plugin controls. Values that differ between runs and all credentials are made equal. */
export function comparable({ type, id, inputs, outputs }: Recorded): Recorded {
  const isProvider = type.startsWith("pulumi:providers:");
  const state = JSON.stringify({ type, id: isProvider ? "" : id, inputs, outputs })
    .replaceAll(/(cm-|local|remote|pulumi-kubernetes-)[0-9a-f]{8}/g, "$1<random>")
    .replaceAll(/"(uid|resourceVersion|creationTimestamp|time)":"[^"]*"/g, '"$1":"<varies>"');
  return JSON.parse(state, (name, value) => (name === "plaintext" && isCredential(value) ? "<redacted secret>" : value)) as Recorded;
}

function isCredential(plaintext: string): boolean {
  return /PRIVATE KEY|client-key-data/.test(plaintext);
}
