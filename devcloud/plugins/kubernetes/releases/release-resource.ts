import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { parse } from "yaml";
import { checkFields } from "../../server/fields.ts";
import { propertyDiffs } from "../../server/property-diff.ts";
import {
  hasSecret,
  hasUnknown,
  isMap,
  type PropertyMap,
  type PropertyValue,
  reveal,
  secret,
  unknown,
} from "../../server/property-values.ts";
import type {
  CheckRequest,
  CheckResult,
  DeleteRequest,
  DiffRequest,
  Operation,
  ReadRequest,
  ResourceType,
  UpdateRequest,
} from "../../server/provider.ts";
import { NotReady } from "../../server/provider.ts";
import { notServed } from "../../server/provider-service.ts";
import type { Configuration } from "../configuration.ts";
import { goneWithCluster } from "../reachability.ts";
import { chartVersion } from "./chart.ts";
import { changedRelease, type InstalledRelease, installedRelease } from "./installed-release.ts";
import { installRelease, NAME_IN_USE, removeRelease, upgradeRelease } from "./release.ts";
import { completeInputs, mergeValues, type ReleaseInputs, releaseFields } from "./release-inputs.ts";

const CHECK_TIMEOUT = 120_000; // milliseconds; a chart may have to be downloaded

/** Chart that helm has installed in a cluster. */
export class ReleaseResource implements ResourceType {
  readonly #configuration: Configuration;

  constructor(configuration: Configuration) {
    this.#configuration = configuration;
  }

  async check({ name, olds, news }: CheckRequest): Promise<CheckResult> {
    const known = Object.fromEntries(Object.entries(news).filter(([field]) => field in releaseFields.fields));
    const { inputs: given, failures } = checkFields(releaseFields, known);
    if (failures.length > 0) return { inputs: given, failures };
    const releaseName = given.name || olds.name || `${name}-${randomBytes(4).toString("hex")}`;
    const values = mergeValues(valuesOfFiles(given.valueYamlFiles), given.values ?? {});
    const inputs = completeInputs(given, releaseName as string, (given.namespace || this.#configuration.namespace) as string, values);
    if (hasUnknown(news)) return { inputs, failures };
    try {
      const version = await chartVersion(plainInputs(inputs), AbortSignal.timeout(CHECK_TIMEOUT));
      return { inputs: { ...inputs, version }, failures };
    } catch (error) {
      const reason = `${(error as Error).message}; check the chart name and repository configuration.`;
      return { inputs, failures: [{ property: "chart", reason }] };
    }
  }

  /** Compares with the state instead of the old inputs: after a refresh, the state has the changes of others. */
  diff({ state, oldInputs, inputs }: DiffRequest) {
    const names = Object.keys({ ...oldInputs, ...inputs });
    const before = Object.fromEntries(names.flatMap((name) => (state[name] === undefined ? [] : [[name, state[name]]])));
    return { changes: propertyDiffs(reveal(before), reveal(inputs), (path) => path === "name" || path === "namespace") };
  }

  async create(operation: Operation, inputs: PropertyMap) {
    if (operation.preview) return { id: "", outputs: withUnknownStatus(inputs) };
    this.#refuseUnreachable("create");
    const failure = await failureOf(installRelease(this.#configuration, plainInputs(inputs), operation));
    if (failure?.message === NAME_IN_USE) throw failure;
    const installed = await changedRelease(this.#configuration.client, plainInputs(inputs));
    if (installed === undefined) throw failure ?? new Error(`Helm release ${releaseId(inputs)} is gone after its installation`);
    if (failure !== undefined) {
      const hint = "Use the `helm` command to investigate the error, correct it, then retry.";
      const { name } = plainInputs(inputs);
      operation.warn(`Helm release ${JSON.stringify(name)} was created but has a failed status. ${hint} Reason: ${failure.message}`);
    }
    return { id: releaseId(inputs), outputs: settled(inputs, installed, failure, " was created, but") };
  }

  async update(operation: Operation, { state, inputs }: UpdateRequest) {
    if (operation.preview) return withUnknownStatus(inputs);
    this.#refuseUnreachable("update");
    const failure = await failureOf(upgradeRelease(this.#configuration, plainInputs(inputs), operation));
    const installed = await changedRelease(this.#configuration.client, plainInputs(inputs));
    // Without a new revision, nothing was changed.
    const isNew = installed !== undefined && installed.status.revision !== revisionOf(state);
    if (failure !== undefined && (!isNew || installed.status.status.startsWith("pending-"))) throw failure;
    if (installed === undefined) throw new Error(`Helm release ${releaseId(inputs)} is gone after its upgrade`);
    return settled(inputs, installed, failure, "");
  }

  async delete(operation: Operation, { state }: DeleteRequest) {
    const { unreachable } = this.#configuration;
    if (unreachable !== undefined)
      throw new Error(`can't delete Helm Release with unreachable cluster. Reason: ${JSON.stringify(unreachable)}`);
    await removeRelease(this.#configuration, plainInputs(state), operation);
  }

  async read(operation: Operation, { id, state, inputs }: ReadRequest) {
    if (Object.keys(state).length === 0) notServed(`import of ${operation.type}`);
    if (goneWithCluster(this.#configuration, operation, "read")) return undefined;
    const installed = await this.#installed(state);
    if (installed === undefined) return undefined;
    return { id, inputs, outputs: checkpoint({ ...inputs, version: installed.status.version ?? "" }, inputs, installed) };
  }

  #installed(release: PropertyMap): Promise<InstalledRelease | undefined> {
    return installedRelease(this.#configuration.client, plainInputs(release));
  }

  #refuseUnreachable(step: "create" | "update"): void {
    const { unreachable } = this.#configuration;
    if (unreachable !== undefined) throw new Error(`can't ${step} Helm Release with unreachable cluster: ${unreachable}`);
  }
}

async function failureOf(change: Promise<void>): Promise<Error | undefined> {
  try {
    await change;
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

/** Makes the state after a change. A failed change is kept, and the next update retries it. */
function settled(inputs: PropertyMap, installed: InstalledRelease, failure: Error | undefined, what: string): PropertyMap {
  const outputs = checkpoint(inputs, inputs, installed);
  if (failure === undefined) return outputs;
  const id = releaseId(inputs);
  const cause = `failed to become available within allocated timeout. Error: Helm Release ${id}: ${failure.message}`;
  const message = `Helm release ${JSON.stringify(id)}${what} failed to initialize completely. Use Helm CLI to investigate: ${cause}`;
  throw new NotReady(message, { id, outputs, inputs });
}

function revisionOf(state: PropertyMap): unknown {
  const { status } = reveal(state) as { status?: { revision?: number } };
  return status?.revision;
}

function plainInputs(inputs: PropertyMap): ReleaseInputs {
  return reveal(inputs) as unknown as ReleaseInputs;
}

function releaseId(inputs: PropertyMap): string {
  const { namespace, name } = plainInputs(inputs);
  return namespace === "" ? name : `${namespace}/${name}`;
}

function checkpoint(outputs: PropertyMap, inputs: PropertyMap, { status, resourceNames, values }: InstalledRelease): PropertyMap {
  return { ...outputs, values: installedValues(outputs.values ?? {}, values), status, resourceNames, __inputs: secret(inputs) };
}

/** Returns the values of the cluster. A value that was given as a secret stays one. */
function installedValues(given: PropertyValue, installed: PropertyMap): PropertyValue {
  const merged = mergeValues(reveal(given), installed);
  if (isDeepStrictEqual(merged, reveal(given))) return given;
  return hasSecret(given) ? secret(merged) : merged;
}

function withUnknownStatus(inputs: PropertyMap): PropertyMap {
  return { ...inputs, status: unknown, resourceNames: unknown, __inputs: secret(inputs) };
}

function valuesOfFiles(files: PropertyValue | undefined): PropertyValue {
  if (!Array.isArray(files)) return {};
  return files.map(reveal).reduce<PropertyValue>((values, file) => mergeValues(values, isMap(file) ? parse(content(file)) : {}), {});
}

function content(asset: PropertyMap): string {
  if (typeof asset.text === "string") return asset.text;
  if (typeof asset.path === "string") return readFileSync(asset.path, "utf8");
  return notServed("a remote asset in valueYamlFiles");
}
