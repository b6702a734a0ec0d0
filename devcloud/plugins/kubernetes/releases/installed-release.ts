import { setTimeout } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { parseAllDocuments } from "yaml";
import type { PropertyMap } from "../../server/property-values.ts";
import type { ApiClient, Json } from "../api-client.ts";

/** Release in a cluster. */
export interface InstalledRelease {
  status: PropertyMap & { revision: number; status: string };
  /** Names of the resources by kind and version. */
  resourceNames: PropertyMap;
  /** Values with which it was installed. */
  values: PropertyMap;
}

/** Helm's record of a revision: a Secret with JSON, packed and encoded. */
interface ReleaseRecord {
  name: string;
  namespace: string;
  version: number;
  info: { status: string };
  chart: { metadata: { name: string; version: string; appVersion?: string } };
  config?: PropertyMap;
  manifest: string;
}

const LOOKUP_TIMEOUT = 60_000; // milliseconds

/** Looks up a release's last revision. Returns `undefined` when it does not exist. */
export async function installedRelease(
  client: ApiClient,
  { name, namespace }: { name: string; namespace: string },
): Promise<InstalledRelease | undefined> {
  const { items } = (await client.send({
    method: "GET",
    path: `/api/v1/namespaces/${namespace}/secrets`,
    query: { labelSelector: `owner=helm,name=${name}` },
    signal: AbortSignal.timeout(LOOKUP_TIMEOUT),
  })) as { items: { data: { release: string } }[] };
  const [last] = items.map(({ data }) => decoded(data.release)).sort((a, b) => b.version - a.version);
  return last && described(last);
}

/** Attempts to look up a release that helm has just changed, and milliseconds between two. */
const ATTEMPTS = 5;
const PAUSE = 2_000;

/**
 * Looks up a release that helm has just changed. The official plugin has it from helm itself, so a connection that breaks here must not make
 * the change a failure. Returns `undefined` when the release does not exist or the API does not answer.
 */
export async function changedRelease(
  client: ApiClient,
  release: { name: string; namespace: string },
  pause = PAUSE,
): Promise<InstalledRelease | undefined> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await installedRelease(client, release);
    } catch {
      if (attempt === ATTEMPTS) return undefined;
      await setTimeout(pause);
    }
  }
}

function described({ name, namespace, version: revision, info, chart, config, manifest }: ReleaseRecord): InstalledRelease {
  const { name: chartName, version, appVersion = "" } = chart.metadata;
  const status = { appVersion, chart: chartName, name, namespace, revision, status: info.status, version };
  return { status, values: config ?? {}, resourceNames: resourceNames(manifest) };
}

/** Decodes a record. Helm encodes it itself, in addition to the encoding of all Secrets. */
function decoded(data: string): ReleaseRecord {
  const packed = Buffer.from(Buffer.from(data, "base64").toString(), "base64");
  return JSON.parse(gunzipSync(packed).toString()) as ReleaseRecord & Json;
}

type Manifest = { kind?: string; apiVersion?: string; metadata?: { name?: string; namespace?: string } };

function resourceNames(manifest: string): PropertyMap {
  const names: Record<string, string[]> = {};
  for (const document of parseAllDocuments(manifest)) {
    const { kind, apiVersion = "", metadata = {} } = (document.toJS() ?? {}) as Manifest;
    if (kind === undefined) continue;
    const [group] = apiVersion.includes("/") ? apiVersion.split("/") : [];
    const key = `${group === undefined ? kind : `${kind}.${group}`}/${apiVersion}`;
    const { name = "", namespace } = metadata;
    names[key] = [...(names[key] ?? []), namespace === undefined ? name : `${namespace}/${name}`];
  }
  return Object.fromEntries(Object.entries(names).map(([key, list]) => [key, [...new Set(list)].sort()]));
}
