import type { IncomingMessage } from "node:http";
import { Agent, type RequestOptions, request } from "node:https";
import { text as allText } from "node:stream/consumers";
import { KubeConfig } from "@kubernetes/client-node";
import type { KubernetesObject } from "../crds/kinds/object.ts";
import { ApiError } from "./api-error.ts";
import type { Resource } from "./resources.ts";

/** Seconds until a request is given up. The API server gives up after 60. */
const REQUEST_SECONDS = 30;

export interface ApiOptions {
  /** File with the kubeconfig of the management cluster. @default KUBECONFIG, ~/.kube/config, or the pod's own ServiceAccount */
  kubeconfig?: string;
  /** Namespace of the fleet. @default the context's, or "default" */
  namespace?: string;
}

interface Call {
  query?: Record<string, string>;
  body?: object;
  contentType?: string;
  signal?: AbortSignal;
}

/** Client of the management cluster's API, in one namespace. Credentials are @kubernetes/client-node's: files, tokens, plugins, pods. */
export class Api {
  readonly namespace: string;
  readonly #config: KubeConfig;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 32 });

  /** @param namespace namespace of the objects. @default the context's, or "default" */
  constructor(config: KubeConfig, namespace?: string) {
    this.#config = config;
    this.namespace = namespace ?? config.getContextObject(config.getCurrentContext())?.namespace ?? "default";
  }

  /** Makes the client of the management cluster. */
  static load({ kubeconfig, namespace }: ApiOptions = {}): Api {
    const config = new KubeConfig();
    if (kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(kubeconfig);
    return new Api(config, namespace);
  }

  /** Returns the path of a kind's objects in the namespace, or of one of them. */
  path({ base, plural, isNamespaced = true }: Resource, ...parts: string[]): string {
    return [base, ...(isNamespaced ? ["namespaces", this.namespace] : []), plural, ...parts].join("/");
  }

  /** Returns an object, or `undefined` when it does not exist. */
  async find<T>(resource: Resource, name: string): Promise<T | undefined> {
    return this.send<T>("GET", this.path(resource, name)).catch(unlessStatus(404));
  }

  async list<T>(resource: Resource): Promise<T[]> {
    return (await this.send<{ items: T[] }>("GET", this.path(resource))).items;
  }

  create<T extends KubernetesObject>(resource: Resource, object: T): Promise<T> {
    return this.send<T>("POST", this.path(resource), { body: object });
  }

  /** Replaces an object. One that has changed since it was read is an ApiError with the status 409. */
  replace<T extends KubernetesObject>(resource: Resource, object: T, ...subresource: string[]): Promise<T> {
    return this.send<T>("PUT", this.path(resource, object.metadata.name, ...subresource), { body: object });
  }

  /** Changes fields of an object. `null` removes one. */
  patch<T>(resource: Resource, name: string, fields: object, ...subresource: string[]): Promise<T> {
    return this.send<T>("PATCH", this.path(resource, name, ...subresource), { body: fields, contentType: "application/merge-patch+json" });
  }

  /** Deletes an object, if it exists and, when a uid is given, is still that one. */
  async delete(resource: Resource, name: string, uid?: string): Promise<void> {
    const body = uid === undefined ? {} : { body: { preconditions: { uid } } };
    await this.send("DELETE", this.path(resource, name), body).catch(unlessStatus(404));
  }

  async send<T = unknown>(method: string, path: string, call: Call = {}): Promise<T> {
    const signal = AbortSignal.timeout(REQUEST_SECONDS * 1000);
    const answer = await this.#open(method, path, { ...call, signal });
    const body = await allText(answer);
    if (answer.statusCode! >= 400) throw ApiError.from(method, path, answer.statusCode!, body);
    return JSON.parse(body) as T;
  }

  /** Opens an answer that goes on, like a watch. */
  async stream(path: string, query: Record<string, string>, signal: AbortSignal): Promise<IncomingMessage> {
    const answer = await this.#open("GET", path, { query, signal });
    if (answer.statusCode! >= 400) throw ApiError.from("GET", path, answer.statusCode!, await allText(answer));
    return answer;
  }

  close(): void {
    this.#agent.destroy();
  }

  async #open(
    method: string,
    path: string,
    { query = {}, body, contentType = "application/json", signal }: Call,
  ): Promise<IncomingMessage> {
    const cluster = this.#config.getCurrentCluster();
    if (!cluster) throw new Error("there is no kubeconfig of a management cluster; set KUBECONFIG, or run in a pod");
    const url = new URL(cluster.server + path);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const text = body === undefined ? "" : JSON.stringify(body);
    // Node.js tells no length for the body of a DELETE by itself, and the API server would take it for the next request.
    const headers = text === "" ? {} : { "content-type": contentType, "content-length": Buffer.byteLength(text) };
    const options: RequestOptions = { method, headers, ...(signal ? { signal } : {}) };
    await this.#config.applyToHTTPSOptions(options);
    // client-node makes a new agent each time. Ours keeps connections; by a proxy, theirs knows the way.
    if (cluster.proxyUrl === undefined) options.agent = this.#agent;
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const sent = request(url, options, resolve);
    sent.on("error", (error) => reject(new Error(`${method} ${url.origin}${url.pathname}: ${reasonOf(error, signal)}`)));
    sent.end(text);
    return promise;
  }
}

function reasonOf(error: Error, signal: AbortSignal | undefined): string {
  return signal?.aborted ? `no answer within ${REQUEST_SECONDS} s` : error.message;
}

/** Handles the error with a status as the answer `undefined`. */
export function unlessStatus(...statuses: number[]): (error: unknown) => undefined {
  return (error) => {
    if (error instanceof ApiError && statuses.includes(error.status)) return undefined;
    throw error;
  };
}
