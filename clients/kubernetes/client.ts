import { type HttpRequest, type HttpResponse, send } from "../openstack/transport.ts";
import type { ClusterAccess } from "./access.ts";

/** Default timeout of one request in seconds. */
const REQUEST_SECONDS = 30;

/** Objects in one answer. */
const PAGE = 250;

/** Answer to a request for a list. */
interface ListAnswer<T> {
  items: T[];
  metadata?: { continue?: string };
}

/** Error of a request that the API refused. */
export class KubernetesError extends Error {
  readonly status: number;

  constructor(request: string, status: number, message: string) {
    super(`${request}: ${status} ${message}`);
    this.name = "KubernetesError";
    this.status = status;
  }
}

/** Client of a cluster's Kubernetes API. */
export class Kubernetes {
  readonly #access: ClusterAccess;
  readonly #seconds: number;

  constructor(access: ClusterAccess, seconds = REQUEST_SECONDS) {
    this.#access = access;
    this.#seconds = seconds;
  }

  /** Returns an object or a list; `undefined` when it does not exist. */
  get<T>(path: string): Promise<T | undefined> {
    return this.#request<T>("GET", path);
  }

  /** Lists the objects at a path that labels select, page by page. */
  async list<T>(path: string, labelSelector?: string): Promise<T[]> {
    const objects: T[] = [];
    for (let next: string | undefined = ""; next !== undefined; ) {
      const selected = labelSelector === undefined ? {} : { labelSelector };
      const query: URLSearchParams = new URLSearchParams({ limit: String(PAGE), ...selected, ...(next ? { continue: next } : {}) });
      const answer: ListAnswer<T> | undefined = await this.get(`${path}?${query}`);
      if (!answer) throw new Error(`GET ${path}: 404; the server of the kubeconfig is no Kubernetes API`);
      objects.push(...answer.items);
      next = answer.metadata?.continue || undefined;
    }
    return objects;
  }

  /** Returns the API server's own report of its health: the text of /readyz, whether it is ready or not. */
  async readyz(): Promise<string> {
    const { status, text } = await this.#send("GET", "/readyz?verbose=true");
    // An API server that is not ready answers with 500.
    if (status !== 200 && status !== 500) throw new KubernetesError("GET /readyz", status, reasonOf(text));
    return text;
  }

  /** Returns the text at a path, like /metrics. */
  async text(path: string): Promise<string> {
    const { status, text } = await this.#send("GET", path);
    if (status >= 400) throw new KubernetesError(`GET ${path}`, status, reasonOf(text));
    return text;
  }

  /** Creates an object in the list at a path. One that exists already is an error with the status 409. */
  async create<T extends object>(path: string, object: T): Promise<T> {
    return (await this.#request<T>("POST", path, object))!;
  }

  /**
   * Replaces an object, and returns it as it is now; `undefined` when it does not exist. With the object's resourceVersion, one that somebody
   * has changed meanwhile is an error with the status 409.
   */
  replace<T extends object>(path: string, object: T): Promise<T | undefined> {
    return this.#request<T>("PUT", path, object);
  }

  /** Deletes an object. An object that does not exist is no error. */
  async delete(path: string): Promise<void> {
    await this.#request("DELETE", path);
  }

  async #request<T>(method: HttpRequest["method"], path: string, body?: object): Promise<T | undefined> {
    const { status, text } = await this.#send(method, path, body);
    if (status === 404) return undefined;
    if (status >= 400) throw new KubernetesError(`${method} ${path.split("?")[0]}`, status, reasonOf(text));
    return JSON.parse(text) as T;
  }

  #send(method: HttpRequest["method"], path: string, body?: object): Promise<HttpResponse> {
    const { server, headers, tls, proxy } = this.#access;
    const options = { ...(body ? { body } : {}), ...(proxy ? { proxy } : {}) };
    return send({ method, url: server + path, headers, ...options }, tls, this.#seconds);
  }
}

function reasonOf(text: string): string {
  try {
    return String((JSON.parse(text) as { message?: string }).message ?? "");
  } catch {
    return text.replaceAll(/\s+/g, " ").trim().slice(0, 200);
  }
}
