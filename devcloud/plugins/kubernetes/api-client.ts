import http from "node:http";
import https from "node:https";
import { isIP } from "node:net";
import tls from "node:tls";
import type { ClusterAccess } from "./kubeconfig.ts";

export type Json = Record<string, unknown>;

export interface ApiRequest {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Path under the server's URL, such as /api/v1/namespaces. */
  path: string;
  query?: Record<string, string>;
  body?: Json | Json[];
  contentType?: string;
  /** @default "application/json" */
  accept?: string;
  signal: AbortSignal;
}

/** Error: the API server refused a request. */
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

/** Error: no API server answers. */
export class Unreachable extends Error {}

const REQUEST_TIMEOUT = 32_000; // milliseconds; that of the official plugin's discovery client

/** Format in which API servers have their schema ready. */
const SCHEMA = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";

/** Client of the API server of one cluster. */
export class ApiClient {
  readonly #access: ClusterAccess;
  readonly #agent: https.Agent | http.Agent;
  readonly #transport: typeof https | typeof http;

  constructor(access: ClusterAccess) {
    this.#access = access;
    const secure = access.server.startsWith("https:");
    this.#transport = secure ? https : http;
    this.#agent = secure ? secureAgent(access) : new http.Agent({ keepAlive: true });
  }

  /** Sends a request and returns the object of the answer. Throws ApiError or Unreachable. */
  async send(request: ApiRequest): Promise<Json> {
    const { status, body } = await this.#exchange(request);
    const answer = parsed(body);
    if (status < 400) return answer;
    throw new ApiError(status, String(answer.reason ?? ""), String(answer.message ?? (body || `HTTP status ${status}`)));
  }

  /** Checks that the API serves a large document, and otherwise throws like `send`. */
  async reaches(path: string): Promise<void> {
    const { status, body } = await this.#exchange({ method: "GET", path, accept: SCHEMA, signal: new AbortController().signal });
    if (status >= 400) throw new ApiError(status, "", String(parsed(body).message ?? (body || `HTTP status ${status}`)));
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
      else reject(new Unreachable(`${sentence(request.method)} "${url}": ${goMessage(error, url, signal.aborted)}`));
    });
    call.end(body);
    return promise;
  }

  #headers({ contentType, accept = "application/json", body }: ApiRequest): Record<string, string> {
    return {
      accept,
      // The API server takes the part before the slash as the field manager of requests that name none.
      "user-agent": "pulumi-kubernetes/4.34.2",
      ...(body !== undefined && { "content-type": contentType ?? "application/json" }),
      ...(this.#access.token !== undefined && { authorization: `Bearer ${this.#access.token}` }),
    };
  }
}

/** Describes a failure in the words of Go's HTTP client, which are the official plugin's. */
function goMessage(error: NodeJS.ErrnoException, { hostname, port }: URL, tookTooLong: boolean): string {
  const dial = `dial tcp ${hostname}:${port || 443}:`;
  if (tookTooLong) return "context deadline exceeded (Client.Timeout exceeded while awaiting headers)";
  if (error.code === "ECONNREFUSED") return `${dial} connect: connection refused`;
  if (error.code === "EHOSTUNREACH") return `${dial} connect: no route to host`;
  if (error.code === "ENETUNREACH") return `${dial} connect: network is unreachable`;
  if (error.code === "ETIMEDOUT") return `${dial} i/o timeout`;
  if (error.code === "ENOTFOUND") return `dial tcp: lookup ${hostname}: no such host`;
  if (error.code === "ECONNRESET") return "EOF";
  return error.message;
}

function sentence(method: string): string {
  return method[0] + method.slice(1).toLowerCase();
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

/** Makes an agent for TLS connections, through the proxy if there is one. */
function secureAgent(access: ClusterAccess): https.Agent {
  const agent = new https.Agent({ keepAlive: true, ...tlsOptions(access) });
  const { proxy, server } = access;
  if (proxy === undefined) return agent;
  const target = new URL(server);
  const name = access.serverName ?? target.hostname;
  const servername = isIP(name) ? {} : { servername: name };
  agent.createConnection = (_options, done) => {
    const path = `${target.hostname}:${target.port || 443}`;
    http
      .request(proxy, { method: "CONNECT", path, timeout: REQUEST_TIMEOUT, agent: false })
      .on("connect", ({ statusCode, statusMessage }, socket) => {
        if (statusCode === 200) done?.(null, tls.connect({ ...tlsOptions(access), ...servername, host: target.hostname, socket }));
        else done?.(new Error(`proxyconnect tcp: ${statusMessage}`), undefined as never);
      })
      .on("error", (error) => done?.(error, undefined as never))
      .end();
    return undefined;
  };
  return agent;
}

function parsed(body: string): Json {
  try {
    return JSON.parse(body) as Json;
  } catch {
    return {};
  }
}
