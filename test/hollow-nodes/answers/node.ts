import type { ScriptName } from "../../../lib/node/script-inputs.ts";
import type { KubernetesApi } from "../kubernetes-api.ts";
import { readRecord, recordOf, writeRecord } from "../node-records.ts";
import { deleteNode, drainNode, listNodes, type NodeObject, nodePath } from "../nodes.ts";
import { applyPoolSettings } from "../pool-settings.ts";
import type { Call } from "./answer.ts";

/**
 * Sets labels and taints of the wanted Nodes of a batch. Once all wanted ones have joined, it drains the others concurrently and deletes
 * them. Nodes of absent machines stay, and cause an error at the end.
 */
export async function reconcilePool({ input, cluster: { administrator }, log }: Call<"reconcilePool">): Promise<void> {
  const { WANTED_NODES, ABSENT_MACHINES, FAILED_NODES, DRAIN_SECONDS } = input;
  const wanted = new Set(WANTED_NODES.split(" "));
  const absent = ABSENT_MACHINES.split(" ").filter((resource) => resource !== "");
  const record = await readRecord(administrator, recordOf(input));
  const found = await Promise.all(Object.keys(record).map((name) => administrator.find<NodeObject>(nodePath(name))));
  const nodes = found.filter((node) => node !== undefined);
  const unwanted = nodes.filter(({ metadata }) => !wanted.has(metadata.name));
  const isAbsent = ({ metadata }: NodeObject) => absent.some((resource) => metadata.name.includes(`${resource}-`));
  const [staying, removals] = [unwanted.filter(isAbsent), unwanted.filter((node) => !isAbsent(node))];
  const leaving = FAILED_NODES === "" ? removals : [];
  const drains = leaving.map((node) => remove(administrator, node, Number(DRAIN_SECONDS), log));
  const notes: Record<string, string | null> = Object.fromEntries(leaving.map(({ metadata }) => [metadata.name, null]));
  for (const node of nodes) {
    const { name } = node.metadata;
    if (wanted.has(name)) notes[name] = await applyPoolSettings(administrator, node, input, record[name]!);
  }
  await Promise.all(drains);
  if (Object.keys(notes).length > 0) await writeRecord(administrator, recordOf(input), notes);
  const [first] = staying;
  if (first) throw new Error(`${first.metadata.name} stays as it is, because its machine was not replaced or changed`);
}

/** Removes control planes that are not wanted any more, one after another. */
export async function reconcileControlPlanes({ input, cluster: { administrator }, log }: Call<"reconcileControlPlanes">): Promise<void> {
  const wanted = input.WANTED_NODES.split(" ");
  for (const node of await listNodes(administrator, "node-role.kubernetes.io/control-plane")) {
    if (!wanted.includes(node.metadata.name)) await remove(administrator, node, 300, log);
  }
}

async function remove(administrator: KubernetesApi, node: NodeObject, drainSeconds: number, log: Call<ScriptName>["log"]): Promise<void> {
  await drainNode(administrator, node, drainSeconds);
  await deleteNode(administrator, node.metadata.name);
  log(`drain and delete node ${node.metadata.name}`);
}
