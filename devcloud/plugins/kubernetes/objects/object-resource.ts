import { NOT_SERVED } from "../../server/fields.ts";
import { propertyDiffs } from "../../server/property-diff.ts";
import { hasUnknown, type PropertyMap, reveal } from "../../server/property-values.ts";
import type { CheckFailure, CheckRequest, CheckResult, DeleteRequest, Diff, DiffRequest, Operation } from "../../server/provider.ts";
import { NotReady, type ReadRequest, type ResourceType, type UpdateRequest } from "../../server/provider.ts";
import { ApiError } from "../api-client.ts";
import type { Configuration } from "../configuration.ts";
import { goneWithCluster, refuseUnreachable } from "../reachability.ts";
import { annotation, type KubernetesObject, objectId, objectName, objectNamespace } from "./kubernetes-object.ts";
import { ObjectApi } from "./object-api.ts";
import { AUTONAMED, asApiNames, named, normalized, withNamespace, withSecrets } from "./object-inputs.ts";
import { checkpoint, inputsWithDrift, liveObject, type Origin, originOf } from "./object-state.ts";
import { createObject, updateObject } from "./object-writes.ts";
import { replacementRule } from "./replacement.ts";
import { waitUntilDeleted, waitUntilReady } from "./waiting.ts";

const CHECK_TIMEOUT = 60_000; // milliseconds

/** Resource type of all plain objects of the Kubernetes API. */
export class ObjectResource implements ResourceType {
  readonly #configuration: Configuration;
  #objects: ObjectApi | undefined;

  constructor(configuration: Configuration) {
    this.#configuration = configuration;
  }

  get #api(): ObjectApi {
    this.#objects ??= new ObjectApi(this.#configuration.client);
    return this.#objects;
  }

  async check({ name, type, olds, news }: CheckRequest): Promise<CheckResult> {
    const given = asApiNames(news) as KubernetesObject;
    const failures = refusals(type, given);
    if (failures.length > 0) return { inputs: news, failures };
    const inputs = named(normalized(given), olds, name);
    const namespaced = await this.#isNamespaced(given, AbortSignal.timeout(CHECK_TIMEOUT));
    return { inputs: withSecrets(namespaced ? withNamespace(inputs, this.#configuration.namespace) : inputs, news), failures };
  }

  diff({ oldInputs, inputs }: DiffRequest): Diff {
    const before = reveal(oldInputs) as PropertyMap;
    const now = reveal(inputs) as PropertyMap;
    const changes = propertyDiffs(before, now, replacementRule(now, this.#configuration));
    const replaced = changes.some((change) => change.replace);
    const keepsName = annotation(now, AUTONAMED) !== "true" && objectId(before) === objectId(now);
    return { changes, deleteBeforeReplace: replaced && keepsName };
  }

  async create(operation: Operation, inputs: PropertyMap) {
    const origin = originOf({}, inputs);
    if (operation.preview)
      return { id: "", outputs: await this.#preview(inputs, origin, (object) => createObject(this.#context(operation, origin), object)) };
    refuseUnreachable(this.#configuration);
    const created = await createObject(this.#context(operation, origin), asApiNames(inputs) as KubernetesObject);
    return { id: objectId(created), outputs: await this.#settled(operation, created, inputs, origin) };
  }

  async update(operation: Operation, { state, inputs }: UpdateRequest) {
    const origin = originOf(state, inputs);
    if (operation.preview) return this.#preview(inputs, origin, (object) => updateObject(this.#context(operation, origin), object));
    refuseUnreachable(this.#configuration);
    const updated = await updateObject(this.#context(operation, origin), asApiNames(inputs) as KubernetesObject);
    return this.#settled(operation, updated, inputs, origin);
  }

  async delete(operation: Operation, { state }: DeleteRequest) {
    if (goneWithCluster(this.#configuration, operation, "delete")) return;
    const object = asApiNames(liveObject(state)) as KubernetesObject;
    if ((await this.#api.kind(object, operation.signal)) === undefined) return; // without its kind, no object of it exists
    const policies: Record<string, string> = { orphan: "Orphan", background: "Background" };
    const policy = policies[annotation(object, "pulumi.com/deletionPropagationPolicy").toLowerCase()] ?? "Foreground";
    await this.#api.delete(object, policy, operation.signal);
    await waitUntilDeleted(this.#api, object, operation);
  }

  async read(operation: Operation, { id, state, inputs }: ReadRequest) {
    if (goneWithCluster(this.#configuration, operation, "read")) return undefined;
    const known = Object.keys(inputs).length > 0 ? inputs : importedObject(operation.type, id);
    const object = asApiNames(known) as KubernetesObject;
    if ((await this.#api.kind(object, operation.signal)) === undefined) return undefined;
    const live = await this.#api.get(object, operation.signal);
    if (live === undefined) return undefined;
    const found = known === inputs ? inputsWithDrift(object, asApiNames(liveObject(state)), live) : normalized(withoutStatus(live));
    const marked = withSecrets(found as PropertyMap, inputs);
    return { id, inputs: marked, outputs: checkpoint(live, marked, originOf(state, marked)) };
  }

  #context(operation: Operation, { fieldManager }: Origin) {
    return { api: this.#api, operation, fieldManager, configuration: this.#configuration };
  }

  /** Returns the object that the server would make, or the inputs themselves where it cannot tell yet. */
  async #preview(
    inputs: PropertyMap,
    origin: Origin,
    write: (object: KubernetesObject) => Promise<KubernetesObject>,
  ): Promise<PropertyMap> {
    if (hasUnknown(inputs) || this.#configuration.unreachable !== undefined) return inputs;
    try {
      const { status: _status, ...live } = await write(asApiNames(inputs) as KubernetesObject);
      return checkpoint(live, inputs, origin);
    } catch (error) {
      if (error instanceof ApiError && [403, 404, 409].includes(error.status)) return inputs;
      throw error;
    }
  }

  async #settled(operation: Operation, written: KubernetesObject, inputs: PropertyMap, origin: Origin): Promise<PropertyMap> {
    const { object, problem } = await waitUntilReady(this.#api, written, operation);
    const outputs = checkpoint(object, inputs, origin);
    if (problem === undefined) return outputs;
    throw new NotReady(`${object.kind} ${objectId(object)} failed to become ready: ${problem}`, { id: objectId(object), outputs, inputs });
  }

  /** Returns whether an object is namespaced. A kind that the server does not know yet is assumed to be. */
  async #isNamespaced(object: KubernetesObject, signal: AbortSignal): Promise<boolean> {
    if (this.#configuration.unreachable !== undefined) return objectNamespace(object) !== "";
    return (await this.#api.kind(object, signal))?.namespaced ?? true;
  }
}

function refusals(type: string, given: KubernetesObject): CheckFailure[] {
  const kind = type.split(":").at(-1);
  const refuse = (property: string, what: string) => [{ property, reason: `${what} is ${NOT_SERVED}` }];
  if (given.kind !== kind) return refuse("kind", `${type} (a patch of ${given.kind})`);
  if (annotation(given, "pulumi.com/waitFor") !== "") return refuse("metadata.annotations", "the annotation pulumi.com/waitFor");
  if (given.metadata?.generateName !== undefined && objectName(given) === "")
    return [{ property: "metadata.generateName", reason: "the `.metadata.generateName` field is not supported in Server-Side Apply mode" }];
  return [];
}

function importedObject(type: string, id: string): KubernetesObject {
  const [, version = "", kind = ""] = type.split(":");
  const [name, namespace] = id.split("/").reverse();
  return {
    apiVersion: version.replace(/^core\//, ""),
    kind,
    metadata: { name: name ?? "", ...(namespace !== undefined && { namespace }) },
  };
}

function withoutStatus({ status: _status, ...object }: KubernetesObject): PropertyMap {
  return object;
}
