import { send } from "../openstack/transport.ts";
import type { ClusterAccess } from "./access.ts";

/** Seconds for one request, when nothing is said. */
const REQUEST_SECONDS = 30;

/** A request that the API refused. */
export class KubernetesError extends Error {
  readonly status: number;

  constructor(request: string, status: number, message: string) {
    super(`${request}: ${status} ${message}`);
    this.name = "KubernetesError";
    this.status = status;
  }
}

/** The API of a cluster. */
export class Kubernetes {
  readonly #access: ClusterAccess;
  readonly #seconds: number;

  constructor(access: ClusterAccess, seconds = REQUEST_SECONDS) {
    this.#access = access;
    this.#seconds = seconds;
  }

  /** Gives an object or a list; `undefined` when it is not there. */
  get<T>(path: string): Promise<T | undefined> {
    return this.#request<T>("GET", path);
  }

  /** Deletes an object; there may be none any more. */
  async delete(path: string): Promise<void> {
    await this.#request("DELETE", path);
  }

  async #request<T>(method: "GET" | "DELETE", path: string): Promise<T | undefined> {
    const { server, headers, tls } = this.#access;
    const { status, text } = await send({ method, url: server + path, headers }, tls, this.#seconds);
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
