import { parseAllDocuments } from "yaml";
import type { PropertyMap } from "../../server/property-values.ts";
import type { Operation } from "../../server/provider.ts";
import { ApiError } from "../api-client.ts";
import type { Configuration } from "../configuration.ts";
import { chartArgs, flags, option } from "./chart.ts";
import { Helm } from "./helm.ts";
import { DEFAULT_TIMEOUT, type ReleaseInputs } from "./release-inputs.ts";

/** A release as the cluster knows it. */
export interface InstalledRelease {
  status: PropertyMap & { revision: number; status: string };
  /** Names of the resources by kind and version. */
  resourceNames: PropertyMap;
  /** The values it was installed with. */
  values: PropertyMap;
}

interface ReleaseName {
  name: string;
  namespace: string;
}

const LOOKUP_TIMEOUT = 60_000; // milliseconds

/** Installs a release or upgrades it to these inputs, whatever an earlier run has left of it. */
export async function applyRelease(configuration: Configuration, inputs: ReleaseInputs, operation: Operation): Promise<void> {
  await Helm.use(configuration, async (helm) => {
    await takeUpInterrupted(configuration, helm, inputs, operation);
    const values = await helm.file("values.yaml", JSON.stringify(inputs.values)); // JSON is YAML
    operation.status(`helm upgrade --install ${inputs.name} (chart ${inputs.chart} ${inputs.version})`);
    await helm.onCluster(
      ["upgrade", "--install", inputs.name, ...chartArgs(inputs), "--values", values, ...upgradeFlags(inputs)],
      operation.signal,
    );
  });
}

function upgradeFlags(inputs: ReleaseInputs): string[] {
  return [
    ...["--namespace", inputs.namespace, "--timeout", `${inputs.timeout || DEFAULT_TIMEOUT}s`],
    ...option("--description", inputs.description),
    ...option("--post-renderer", inputs.postrender),
    ...option("--history-max", inputs.maxHistory === undefined ? "" : String(inputs.maxHistory)),
    ...flags({
      "--wait": !inputs.skipAwait,
      "--wait-for-jobs": !inputs.skipAwait && inputs.waitForJobs,
      "--atomic": inputs.atomic,
      "--cleanup-on-fail": inputs.cleanupOnFail,
      "--create-namespace": inputs.createNamespace,
      "--dependency-update": inputs.dependencyUpdate,
      "--disable-openapi-validation": inputs.disableOpenapiValidation,
      "--force": inputs.forceUpdate,
      "--no-hooks": inputs.disableWebhooks,
      "--render-subchart-notes": inputs.renderSubchartNotes,
      "--reset-values": inputs.resetValues,
      "--reuse-values": inputs.reuseValues,
      "--skip-crds": inputs.skipCrds,
    }),
  ];
}

/** helm refuses to touch a release whose last change never ended, as after a killed run, so the record of that change is removed. */
async function takeUpInterrupted(configuration: Configuration, helm: Helm, release: ReleaseName, operation: Operation): Promise<void> {
  const { status, revision } = (await releaseStatus(helm, release, operation.signal)) ?? { status: "absent", revision: 0 };
  if (status === "uninstalling") await uninstall(helm, release, ["--wait"], operation.signal);
  if (!status.startsWith("pending-")) return;
  operation.warn(`revision ${revision} of Helm release ${release.name} was interrupted (${status}): it is done again`);
  const record = `sh.helm.release.v1.${release.name}.v${revision}`;
  const path = `/api/v1/namespaces/${release.namespace}/secrets/${record}`;
  await configuration.client.send({ method: "DELETE", path, signal: operation.signal }).catch((error) => {
    if (!(error instanceof ApiError) || error.status !== 404) throw error;
  });
}

/** Looks a release up; `undefined` when there is none. */
export function installedRelease(configuration: Configuration, release: ReleaseName): Promise<InstalledRelease | undefined> {
  return Helm.use(configuration, (helm) => lookUp(helm, release, AbortSignal.timeout(LOOKUP_TIMEOUT)));
}

async function lookUp(helm: Helm, release: ReleaseName, signal: AbortSignal): Promise<InstalledRelease | undefined> {
  const [status, values, manifest] = await Promise.all([
    releaseStatus(helm, release, signal),
    get(helm, release, ["values", "--output=json"], signal),
    get(helm, release, ["manifest"], signal),
  ]);
  if (status === undefined || values === undefined || manifest === undefined) return undefined;
  return { status, values: (JSON.parse(values) ?? {}) as PropertyMap, resourceNames: resourceNames(manifest) };
}

async function releaseStatus(helm: Helm, release: ReleaseName, signal: AbortSignal): Promise<InstalledRelease["status"] | undefined> {
  const metadata = await get(helm, release, ["metadata", "--output=json"], signal);
  if (metadata === undefined) return undefined;
  const { name, chart, version, appVersion = "", namespace, revision, status } = JSON.parse(metadata) as HelmMetadata;
  return { appVersion, chart, name, namespace, revision, status, version };
}

type HelmMetadata = {
  name: string;
  chart: string;
  version: string;
  appVersion?: string;
  namespace: string;
  revision: number;
  status: string;
};

async function get(helm: Helm, { name, namespace }: ReleaseName, what: string[], signal: AbortSignal): Promise<string | undefined> {
  try {
    return await helm.onCluster(["get", ...what, name, "--namespace", namespace], signal);
  } catch (error) {
    if ((error as Error).message.includes("release: not found")) return undefined;
    throw error;
  }
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

/** Removes a release; there may be none any more. */
export async function removeRelease(configuration: Configuration, inputs: ReleaseInputs, operation: Operation): Promise<void> {
  const wait = inputs.atomic || !inputs.skipAwait;
  const args = wait ? ["--wait", "--timeout", `${inputs.timeout || DEFAULT_TIMEOUT}s`] : [];
  await Helm.use(configuration, (helm) => uninstall(helm, inputs, args, operation.signal));
}

async function uninstall(helm: Helm, { name, namespace }: ReleaseName, args: string[], signal: AbortSignal): Promise<void> {
  await helm.onCluster(["uninstall", name, "--namespace", namespace, "--ignore-not-found", ...args], signal);
}
