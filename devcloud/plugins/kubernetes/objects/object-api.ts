import { setTimeout as sleep } from "node:timers/promises";
import type { PropertyMap } from "../../server/property-values.ts";
import { type ApiClient, ApiError, type ApiRequest } from "../api-client.ts";
import { type KubernetesObject, objectName, objectNamespace } from "./kubernetes-object.ts";

export interface ApiKind {
  /** Name of the kind in paths, such as configmaps. */
  plural: string;
  namespaced: boolean;
}

type Request = Omit<ApiRequest, "path">;

const ATTEMPTS = 6;
const FIRST_DELAY = 1000; // milliseconds

/** Client for objects of any kind. The API server itself describes the kinds. */
export class ObjectApi {
  readonly #client: ApiClient;
  readonly #kinds = new Map<string, ApiKind>();

  constructor(client: ApiClient) {
    this.#client = client;
  }

  /** Looks up a kind. Returns `undefined` when the server does not know it (yet). */
  async kind({ apiVersion, kind }: { apiVersion: string; kind: string }, signal: AbortSignal): Promise<ApiKind | undefined> {
    const key = `${apiVersion}/${kind}`;
    if (!this.#kinds.has(key)) await this.#discover(apiVersion, signal);
    return this.#kinds.get(key);
  }

  async #discover(apiVersion: string, signal: AbortSignal): Promise<void> {
    const list = await unlessMissing(this.#client.send({ method: "GET", path: groupPath(apiVersion), signal }));
    for (const { kind, name, namespaced } of (list?.resources ?? []) as { kind: string; name: string; namespaced: boolean }[]) {
      if (!name.includes("/")) this.#kinds.set(`${apiVersion}/${kind}`, { plural: name, namespaced });
    }
  }

  async get(object: KubernetesObject, signal: AbortSignal): Promise<KubernetesObject | undefined> {
    return unlessMissing(this.#send(object, objectName(object), { method: "GET", signal }));
  }

  /**
   * Creates an object. Retries while something that it needs, such as its namespace or the definition of its kind, is created at the same
   * time.
   */
  async create(object: KubernetesObject, query: Record<string, string>, signal: AbortSignal): Promise<KubernetesObject> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#send(object, "", { method: "POST", query, body: object, signal });
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 404 || attempt === ATTEMPTS || query.dryRun !== undefined) throw error;
      }
      await sleep(FIRST_DELAY * 2 ** (attempt - 1), undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }

  /** Applies an object by server-side apply. */
  apply(object: KubernetesObject, query: Record<string, string>, signal: AbortSignal): Promise<KubernetesObject> {
    return this.#send(object, objectName(object), {
      method: "PATCH",
      query,
      body: object,
      contentType: "application/apply-patch+yaml",
      signal,
    });
  }

  replace(object: KubernetesObject, query: Record<string, string>, signal: AbortSignal): Promise<KubernetesObject> {
    return this.#send(object, objectName(object), { method: "PUT", query, body: object, signal });
  }

  /** Changes single fields of an object by a JSON patch. */
  patch(object: KubernetesObject, operations: PropertyMap[], signal: AbortSignal): Promise<KubernetesObject> {
    return this.#send(object, objectName(object), {
      method: "PATCH",
      body: operations,
      contentType: "application/json-patch+json",
      signal,
    });
  }

  async delete(object: KubernetesObject, propagationPolicy: string, signal: AbortSignal): Promise<void> {
    await unlessMissing(this.#send(object, objectName(object), { method: "DELETE", query: { propagationPolicy }, signal }));
  }

  /** Lists the objects of a namespace that have a label. */
  async list(
    kind: { apiVersion: string; kind: string },
    namespace: string,
    labelSelector: string,
    signal: AbortSignal,
  ): Promise<PropertyMap[]> {
    const any = { ...kind, metadata: { namespace } };
    const list = await this.#send(any, "", { method: "GET", query: { labelSelector }, signal });
    return (list as PropertyMap).items as PropertyMap[];
  }

  async #send(object: KubernetesObject, name: string, request: Request): Promise<KubernetesObject> {
    const kind = await this.kind(object, request.signal);
    if (kind === undefined) throw unknownKind(object);
    const namespace = kind.namespaced ? `/namespaces/${objectNamespace(object) || "default"}` : "";
    const path = [groupPath(object.apiVersion) + namespace, kind.plural, ...(name === "" ? [] : [encodeURIComponent(name)])].join("/");
    return (await this.#client.send({ ...request, path })) as KubernetesObject;
  }
}

function groupPath(apiVersion: string): string {
  return apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

function unknownKind({ apiVersion, kind }: KubernetesObject): ApiError {
  const message = `the API server does not know kind ${kind} of ${apiVersion}: verify that any required CRDs have been created`;
  return new ApiError(404, "NoKindMatch", message);
}

async function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}
