import type { Kubernetes } from "../../clients/kubernetes/client.ts";
import { type Ledger, ledgerData, ledgerIn, recorded } from "../../lib/heal/ledger.ts";

const CONFIG_MAPS = "/api/v1/namespaces/kube-system/configmaps";
const NAME = "caravan-heal";

interface ConfigMap {
  apiVersion: "v1";
  kind: "ConfigMap";
  metadata: { name: string; namespace: string; resourceVersion?: string };
  data?: Record<string, string>;
}

/** Reads the ledger of replacements in the cluster. */
export async function readLedger(kubernetes: Kubernetes): Promise<Ledger> {
  return ledgerIn((await kubernetes.get<ConfigMap>(`${CONFIG_MAPS}/${NAME}`))?.data);
}

/** Records replacements that are about to begin, so that one that is killed counts, too. */
export function recordReplacements(kubernetes: Kubernetes, keys: readonly string[], time: string): Promise<void> {
  return write(kubernetes, (ledger) => recorded(ledger, keys, time));
}

/** Removes replacements from the ledger that did not begin. */
export function forgetReplacements(kubernetes: Kubernetes, keys: readonly string[], time: string): Promise<void> {
  const without = (ledger: Ledger) =>
    Object.fromEntries(Object.entries(ledger).map(([key, times]) => [key, times.filter((each) => !(keys.includes(key) && each === time))]));
  return write(kubernetes, (ledger) => recorded(without(ledger), [], time));
}

async function write(kubernetes: Kubernetes, change: (ledger: Ledger) => Ledger): Promise<void> {
  const path = `${CONFIG_MAPS}/${NAME}`;
  const before = await kubernetes.get<ConfigMap>(path);
  const metadata = before?.metadata ?? { name: NAME, namespace: "kube-system" };
  const map: ConfigMap = { apiVersion: "v1", kind: "ConfigMap", metadata, data: ledgerData(change(ledgerIn(before?.data))) };
  await (before ? kubernetes.replace(path, map) : kubernetes.create(CONFIG_MAPS, map));
}
