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
import { applyRelease, type InstalledRelease, installedRelease, removeRelease } from "./release.ts";
import { completeInputs, mergeValues, type ReleaseInputs, releaseFields } from "./release-inputs.ts";

const CHECK_TIMEOUT = 120_000; // milliseconds; a chart may have to be downloaded

/** A chart installed in a cluster by helm. */
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

  /** The state is compared, not the old inputs: after a refresh it shows what somebody else has changed. */
  diff({ state, oldInputs, inputs }: DiffRequest) {
    const names = Object.keys({ ...oldInputs, ...inputs });
    const before = Object.fromEntries(names.flatMap((name) => (state[name] === undefined ? [] : [[name, state[name]]])));
    return { changes: propertyDiffs(reveal(before), reveal(inputs), (path) => path === "name" || path === "namespace") };
  }

  async create(operation: Operation, inputs: PropertyMap) {
    if (operation.preview) return { id: "", outputs: withUnknownStatus(inputs) };
    return { id: releaseId(inputs), outputs: await this.#apply(operation, inputs) };
  }

  async update(operation: Operation, { inputs }: UpdateRequest) {
    return operation.preview ? withUnknownStatus(inputs) : this.#apply(operation, inputs);
  }

  async delete(operation: Operation, { state }: DeleteRequest) {
    if (await goneWithCluster(this.#configuration, operation)) return;
    await removeRelease(this.#configuration, plainInputs(state), operation);
  }

  async read(operation: Operation, { id, state, inputs }: ReadRequest) {
    if (Object.keys(state).length === 0) notServed(`import of ${operation.type}`);
    if (await goneWithCluster(this.#configuration, operation)) return undefined;
    const installed = await installedRelease(this.#configuration, plainInputs(state));
    if (installed === undefined) return undefined;
    return { id, inputs, outputs: checkpoint({ ...inputs, version: installed.status.version ?? "" }, inputs, installed) };
  }

  async #apply(operation: Operation, inputs: PropertyMap): Promise<PropertyMap> {
    const release = plainInputs(inputs);
    let failure: Error | undefined;
    try {
      await applyRelease(this.#configuration, release, operation);
    } catch (error) {
      failure = error as Error;
    }
    const installed = await installedRelease(this.#configuration, release).catch(() => undefined);
    if (installed === undefined) throw failure ?? new Error(`Helm release ${releaseId(inputs)} is gone after its installation`);
    const outputs = checkpoint(inputs, inputs, installed);
    if (failure === undefined) return outputs;
    const message = `Helm release ${JSON.stringify(releaseId(inputs))} failed to initialize completely: ${failure.message}`;
    throw new NotReady(message, { id: releaseId(inputs), outputs, inputs });
  }
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

/** The values as the cluster has them; what was given as a secret must not come back in the clear. */
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
