import { gunzipSync } from "node:zlib";
import type { Kubernetes } from "./client.ts";

/** Description that the library gives its releases. Helm's records have it once a release is installed. */
export const OWN_DESCRIPTION = "Installed by caravan";

/** Helm's errors after an interrupted change of a release, and the step that Helm refused with each. */
const REFUSALS = [
  { text: "cannot re-use a name that is still in use", step: "install" },
  { text: "another operation (install/upgrade/rollback) is in progress", step: "upgrade" },
] as const;

export type RefusedStep = (typeof REFUSALS)[number]["step"];

/** Record of one revision of a release, which Helm keeps in a Secret. */
export interface ReleaseRecord {
  /** Name of the Secret. */
  secret: string;
  revision: number;
  /** Helm's status: deployed, failed, pending-install, ... */
  status: string;
  description: string;
}

/** Returns the step that Helm refused because of an earlier change of the release; `undefined` for every other error of the plugin. */
export function refusedStep(error: string): RefusedStep | undefined {
  return REFUSALS.find(({ text }) => error.includes(text))?.step;
}

/**
 * Selects the records that must be removed before Helm can do what it refused.
 *
 * An upgrade is blocked by a pending record: that change never ended. An install is blocked by a release that the state does not know,
 * because the run that made it was interrupted. Once its records are removed, Helm adopts what that release left in the cluster.
 * A deployed release that the library did not install belongs to somebody else: throws.
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

/** Lists Helm's records of a release, the oldest first. */
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

/** Removes a record. The objects that it describes stay. */
export function removeRecord(kubernetes: Kubernetes, namespace: string, { secret }: ReleaseRecord): Promise<void> {
  return kubernetes.delete(`${secretsOf(namespace)}/${secret}`);
}

/** Reads the description in a record. Helm compresses the record and encodes it, in addition to the encoding of every Secret. */
function descriptionIn(data: string): string {
  const packed = Buffer.from(Buffer.from(data, "base64").toString(), "base64");
  const { info } = JSON.parse(gunzipSync(packed).toString()) as { info?: { description?: string } };
  return info?.description ?? "";
}

function secretsOf(namespace: string): string {
  return `/api/v1/namespaces/${namespace}/secrets`;
}
