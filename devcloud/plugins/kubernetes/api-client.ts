import http from "node:http";
import https from "node:https";
import type { ClusterAccess } from "./kubeconfig.ts";

export type Json = Record<string, unknown>;

export interface ApiRequest {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Path under the server's URL, such as /api/v1/namespaces. */
  path: string;
  query?: Record<string, string>;
  body?: Json | Json[];
  contentType?: string;
  signal: AbortSignal;
}

/** The API server has refused a request. */
export class ApiError extends Error {
  readonly status: number;
  readonly reason: string;

  constructor(status: number, reason: string, message: string) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.reason = reason;
  }
}

/** No API server answers. */
export class Unreachable extends Error {}

const REQUEST_TIMEOUT = 30_000; // milliseconds

/** Talks to the API server of one cluster. */
export class ApiClient {
  readonly #access: ClusterAccess;
  readonly #agent: https.Agent | http.Agent;
  readonly #transport: typeof https | typeof http;

  constructor(access: ClusterAccess) {
    this.#access = access;
    const secure = access.server.startsWith("https:");
    this.#transport = secure ? https : http;
    this.#agent = secure ? new https.Agent({ keepAlive: true, ...tlsOptions(access) }) : new http.Agent({ keepAlive: true });
  }

  /** Sends a request and gives the object of the answer; throws ApiError or Unreachable. */
  async send(request: ApiRequest): Promise<Json> {
    const { status, body } = await this.#exchange(request);
    const answer = parsed(body);
    if (status < 400) return answer;
    throw new ApiError(status, String(answer.reason ?? ""), String(answer.message ?? (body || `HTTP status ${status}`)));
  }

  #exchange(request: ApiRequest): Promise<{ status: number; body: string }> {
    const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>();
    const url = new URL(this.#access.server.replace(/\/$/, "") + request.path);
    for (const [name, value] of Object.entries(request.query ?? {})) url.searchParams.set(name, value);
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    const signal = AbortSignal.any([request.signal, AbortSignal.timeout(REQUEST_TIMEOUT)]);
    const call = this.#transport.request(url, { method: request.method, agent: this.#agent, headers: this.#headers(request), signal });
    call.on("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
    });
    call.on("error", (error) => {
      if (request.signal.aborted) reject(request.signal.reason);
      else reject(new Unreachable(`configured Kubernetes cluster is unreachable: ${this.#access.server}: ${error.message}`));
    });
    call.end(body);
    return promise;
  }

  #headers({ contentType, body }: ApiRequest): Record<string, string> {
    return {
      accept: "application/json",
      // The API server takes the part before the slash for the manager of fields that come without one.
      "user-agent": "pulumi-kubernetes/4.34.2",
      ...(body !== undefined && { "content-type": contentType ?? "application/json" }),
      ...(this.#access.token !== undefined && { authorization: `Bearer ${this.#access.token}` }),
    };
  }
}

function tlsOptions(access: ClusterAccess): https.AgentOptions {
  return {
    rejectUnauthorized: !access.insecure,
    ...(access.certificateAuthority !== undefined && { ca: access.certificateAuthority }),
    ...(access.clientCertificate !== undefined && { cert: access.clientCertificate }),
    ...(access.clientKey !== undefined && { key: access.clientKey }),
    ...(access.serverName !== undefined && { servername: access.serverName }),
  };
}

function parsed(body: string): Json {
  try {
    return JSON.parse(body) as Json;
  } catch {
    return {};
  }
}
