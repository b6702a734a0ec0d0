import type { BatchInput } from "../../lib/node/script-inputs.ts";
import { ApiRefusal, type KubernetesApi } from "./kubernetes-api.ts";

const CONFIG_MAPS = "/api/v1/namespaces/kube-system/configmaps";

/** Returns the name of the record of a batch. */
export function recordOf({ OWNER, BATCH }: BatchInput): string {
  return `caravan-nodes-${OWNER}-${BATCH}`;
}

/** Reads a record: for each node the id of its machine, its address, and the settings applied to it. */
export async function readRecord(api: KubernetesApi, name: string): Promise<Record<string, string>> {
  const { data = {} } = (await api.find<{ data?: Record<string, string> }>(`${CONFIG_MAPS}/${name}`)) ?? {};
  return data;
}

/** Writes to a record. null removes a node. */
export async function writeRecord(api: KubernetesApi, name: string, notes: Record<string, string | null>): Promise<void> {
  const body = { metadata: { labels: { "caravan.dev/record": "nodes" } }, data: notes };
  await api.patch(`${CONFIG_MAPS}/${name}`, body).catch(async (error) => {
    if (!(error instanceof ApiRefusal && error.status === 404)) throw error;
    await api.create(CONFIG_MAPS, { apiVersion: "v1", kind: "ConfigMap", ...body, metadata: { ...body.metadata, name } });
  });
}
