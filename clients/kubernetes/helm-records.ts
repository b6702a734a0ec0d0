import { gunzipSync } from "node:zlib";
import type { Kubernetes } from "./client.ts";

/** What the library's releases have as their description in Helm's records, once they are installed. */
export const OWN_DESCRIPTION = "Installed by caravan";

/** How Helm refuses what an interrupted change keeps it from. */
const REFUSALS = [
  { text: "cannot re-use a name that is still in use", step: "install" },
  { text: "another operation (install/upgrade/rollback) is in progress", step: "upgrade" },
] as const;

export type RefusedStep = (typeof REFUSALS)[number]["step"];

/** One revision of a release, as Helm notes it in a Secret. */
export interface ReleaseRecord {
  /** Name of the Secret. */
  secret: string;
  revision: number;
  /** Helm's word: deployed, failed, pending-install, ... */
  status: string;
  description: string;
}

/** What Helm refused because of an earlier change of the release, if an error of the plugin's is about that. */
export function refusedStep(error: string): RefusedStep | undefined {
  return REFUSALS.find(({ text }) => error.includes(text))?.step;
}

/**
 * The records that must go so that Helm does what it refused. An upgrade is kept from by one that never ended. A name is taken by a
 * release that the state does not know, because the run ended that made it: without records Helm takes over what it left in the
 * cluster. One that is deployed and not the library's own is somebody's: throws.
 */
export function recordsInTheWay(step: RefusedStep, records: readonly ReleaseRecord[]): ReleaseRecord[] {
  if (step === "upgrade") return records.filter(({ status }) => status.startsWith("pending-"));
  const foreign = records.find(({ status, description }) => status === "deployed" && description !== OWN_DESCRIPTION);
  if (!foreign) return [...records];
  throw new Error(
    `revision ${foreign.revision} was installed by somebody else ("${foreign.description}"): adopt the release with \`pulumi import\`, or remove it with \`helm uninstall\``,
  );
}

interface SecretList {
  items: { metadata: { name: string; labels: Record<string, string> }; data: { release: string } }[];
}

/** Helm's records of a release, the oldest first. */
export async function releaseRecords(kubernetes: Kubernetes, namespace: string, name: string): Promise<ReleaseRecord[]> {
  const labels = encodeURIComponent(`owner=helm,name=${name}`);
  const list = await kubernetes.get<SecretList>(`${secretsOf(namespace)}?labelSelector=${labels}`);
  const records = (list?.items ?? []).map(({ metadata, data }) => ({
    secret: metadata.name,
    revision: Number(metadata.labels.version),
    status: metadata.labels.status ?? "",
    description: descriptionIn(data.release),
  }));
  return records.sort((a, b) => a.revision - b.revision);
}

/** Removes a record; what it describes stays as it is. */
export function removeRecord(kubernetes: Kubernetes, namespace: string, { secret }: ReleaseRecord): Promise<void> {
  return kubernetes.delete(`${secretsOf(namespace)}/${secret}`);
}

/** Helm packs its record and encodes it, beside the encoding of all Secrets. */
function descriptionIn(data: string): string {
  const packed = Buffer.from(Buffer.from(data, "base64").toString(), "base64");
  const { info } = JSON.parse(gunzipSync(packed).toString()) as { info?: { description?: string } };
  return info?.description ?? "";
}

function secretsOf(namespace: string): string {
  return `/api/v1/namespaces/${namespace}/secrets`;
}
