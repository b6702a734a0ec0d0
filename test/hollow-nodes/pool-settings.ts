import type { PoolInput } from "../../lib/node/script-inputs.ts";
import type { KubernetesApi } from "./kubernetes-api.ts";
import { type NodeObject, nodePath, type Taint } from "./nodes.ts";

/**
 * Applies a pool's settings to a wanted Node like reconcile-pool.sh: sets labels and taints, and removes those that an earlier run had set.
 * @param note the node's line in the record
 * @returns its new line
 */
export async function applyPoolSettings(
  api: KubernetesApi,
  node: NodeObject,
  input: Pick<PoolInput, "LABELS" | "TAINTS">,
  note: string,
): Promise<string> {
  const [id, address, ...noted] = wordsOf(note);
  const labels = wordsOf(input.LABELS);
  const taints = wordsOf(input.TAINTS);
  const applied = [...labels.map((label) => `label:${label}`), ...taints.map((taint) => `taint:${taint}`)];
  const earlier = noted.filter((setting) => !applied.includes(setting));
  const dropped = earlier.filter((setting) => setting.startsWith("label:")).map((setting) => keyOf(setting.slice("label:".length)));
  await api.patch(nodePath(node.metadata.name), {
    metadata: {
      labels: { ...Object.fromEntries(dropped.map((key) => [key, null])), ...Object.fromEntries(labels.map(pairOf)) },
    },
    spec: { taints: mergedTaints(node.spec.taints ?? [], taints.map(taintOf), earlier) },
  });
  return [id, address, ...applied].join(" ");
}

function mergedTaints(present: readonly Taint[], wanted: readonly Taint[], earlier: readonly string[]): Taint[] {
  const dropped = earlier.filter((setting) => setting.startsWith("taint:")).map((setting) => taintOf(setting.slice("taint:".length)));
  const replaced = [...wanted, ...dropped];
  const kept = present.filter(({ key, effect }) => !replaced.some((other) => other.key === key && other.effect === effect));
  return [...kept, ...wanted];
}

function wordsOf(text: string): string[] {
  return text.split(" ").filter((word) => word !== "");
}

function keyOf(pair: string): string {
  return pairOf(pair)[0];
}

function pairOf(pair: string): [key: string, value: string] {
  const [key = "", ...value] = pair.split("=");
  return [key, value.join("=")];
}

/** Parses "key=value:effect" or "key:effect". */
function taintOf(text: string): Taint {
  const end = text.lastIndexOf(":");
  const [key, value] = pairOf(text.slice(0, end));
  return { key, ...(value === "" ? {} : { value }), effect: text.slice(end + 1) };
}
