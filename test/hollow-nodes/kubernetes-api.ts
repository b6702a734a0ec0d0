import https from "node:https";
import { text } from "node:stream/consumers";
import { clusterAccess } from "../../devcloud/plugins/kubernetes/kubeconfig.ts";

/** What a request may say. */
export interface RequestOptions {
  query?: Record<string, string>;
  body?: object;
  /** @default "application/json" */
  contentType?: string;
}

/** An answer of the API server that is no success. */
export class ApiRefusal extends Error {
  readonly status: number;

  constructor(request: string, status: number, body: string) {
    super(`${request}: ${status} ${body.slice(0, 500)}`);
    this.status = status;
  }
}

/** How a patch is to be read. */
export const MERGE_PATCH = "application/merge-patch+json";

/** Milliseconds until a request is given up: the API server itself gives up after 60 s. */
const PATIENCE = 65_000;

/** A Kubernetes API, and the metrics of what runs beside it, with the credential of a kubeconfig. */
export class KubernetesApi {
  /** `https://host:port`. */
  readonly server: string;
  readonly #agent: https.Agent;

  /** @param keepAlive whether connections are kept for further requests: not by who asks only once */
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

  /** What the scheduler or the controller manager says of itself: it listens on this machine only, with a certificate that it signed itself. */
  componentMetrics(port: number): Promise<string> {
    return this.#request("GET", new URL(`https://127.0.0.1:${port}/metrics`), { rejectUnauthorized: false });
  }

  /** The object at a path, or undefined when there is none. */
  async find<T>(path: string): Promise<T | undefined> {
    try {
      return await this.get<T>(path);
    } catch (error) {
      if (error instanceof ApiRefusal && error.status === 404) return undefined;
      throw error;
    }
  }

  /** Deletes the object at a path, if there is one. */
  async remove(path: string): Promise<void> {
    await this.send("DELETE", path, {}).catch((error) => {
      if (!(error instanceof ApiRefusal && error.status === 404)) throw error;
    });
  }

  /** Ends connections that are kept. */
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
