import { send } from "../openstack/transport.ts";
import type { ClusterAccess } from "./access.ts";

/** Default timeout of one request in seconds. */
const REQUEST_SECONDS = 30;

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

  /** Deletes an object. An object that does not exist is no error. */
  async delete(path: string): Promise<void> {
    await this.#request("DELETE", path);
  }

  async #request<T>(method: "GET" | "DELETE", path: string): Promise<T | undefined> {
    const { server, headers, tls, proxy } = this.#access;
    const { status, text } = await send({ method, url: server + path, headers, ...(proxy ? { proxy } : {}) }, tls, this.#seconds);
    if (status === 404) return undefined;
    if (status >= 400) throw new KubernetesError(`${method} ${path.split("?")[0]}`, status, reasonOf(text));
    return JSON.parse(text) as T;
  }
}

function reasonOf(text: string): string {
  try {
    return String((JSON.parse(text) as { message?: string }).message ?? "");
  } catch {
    return text.slice(0, 200);
  }
}
