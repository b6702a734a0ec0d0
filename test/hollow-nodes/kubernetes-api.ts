import https from "node:https";
import { text } from "node:stream/consumers";
import { clusterAccess } from "../../devcloud/plugins/kubernetes/kubeconfig.ts";

/** Options of a request. */
export interface RequestOptions {
  query?: Record<string, string>;
  body?: object;
  /** @default "application/json" */
  contentType?: string;
}

/** Error: the API server's answer is no success. */
export class ApiRefusal extends Error {
  readonly status: number;

  constructor(request: string, status: number, body: string) {
    super(`${request}: ${status} ${body.slice(0, 500)}`);
    this.status = status;
  }
}

/** Content type of merge patches. */
export const MERGE_PATCH = "application/merge-patch+json";

/** Milliseconds until a request is aborted. The API server itself aborts after 60 s. */
const PATIENCE = 65_000;

/** Client of a Kubernetes API, and of the metrics of the components beside it, with the credential of a kubeconfig. */
export class KubernetesApi {
  /** `https://host:port`. */
  readonly server: string;
  readonly #agent: https.Agent;

  /** @param keepAlive keeps connections for further requests; set it to false for a single request */
  constructor(kubeconfig: string, { keepAlive = true } = {}) {
    const { server, certificateAuthority, clientCertificate, clientKey } = clusterAccess(kubeconfig, {});
    const credential = { ca: certificateAuthority!, cert: clientCertificate!, key: clientKey! };
    this.server = server;
    this.#agent = new https.Agent({ keepAlive, maxSockets: 32, ...credential });
  }

  get<T>(path: string, query: Record<string, string> = {}): Promise<T> {
    return this.send<T>("GET", path, { query });
  }

  create(path: string, body: object): Promise<unknown> {
    return this.send("POST", path, { body });
  }

  patch(path: string, body: object): Promise<unknown> {
    return this.send("PATCH", path, { body, contentType: MERGE_PATCH });
  }

  async send<T = unknown>(method: string, path: string, { query = {}, ...options }: RequestOptions): Promise<T> {
    const url = new URL(this.server + path);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const answer = await this.#request(method, url, options);
    return (answer.startsWith("{") ? JSON.parse(answer) : answer) as T;
  }

  /** Reads the metrics of the scheduler or the controller manager. They listen on this machine only, with self-signed certificates. */
  componentMetrics(port: number): Promise<string> {
    return this.#request("GET", new URL(`https://127.0.0.1:${port}/metrics`), { rejectUnauthorized: false });
  }

  /** Returns the object at a path, or undefined when it does not exist. */
  async find<T>(path: string): Promise<T | undefined> {
    try {
      return await this.get<T>(path);
    } catch (error) {
      if (error instanceof ApiRefusal && error.status === 404) return undefined;
      throw error;
    }
  }

  /** Deletes the object at a path, if it exists. */
  async remove(path: string): Promise<void> {
    await this.send("DELETE", path, {}).catch((error) => {
      if (!(error instanceof ApiRefusal && error.status === 404)) throw error;
    });
  }

  /** Closes kept connections. */
  close(): void {
    this.#agent.destroy();
  }

  #request(
    method: string,
    url: URL,
    { body, contentType = "application/json", ...options }: Omit<RequestOptions, "query"> & https.RequestOptions,
  ): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const headers = body === undefined ? {} : { "content-type": contentType };
    const call = https.request(url, { method, agent: this.#agent, headers, timeout: PATIENCE, ...options }, (response) => {
      const { statusCode = 0 } = response;
      text(response).then((answer) => {
        if (statusCode < 400) resolve(answer);
        else reject(new ApiRefusal(`${method} ${url.pathname}`, statusCode, answer));
      }, reject);
    });
    call.on("timeout", () => call.destroy(new Error(`no answer within ${PATIENCE / 1000} s`)));
    call.on("error", (error) => reject(new Error(`${method} ${url}: ${error.message}`)));
    call.end(body === undefined ? undefined : JSON.stringify(body));
    return promise;
  }
}
