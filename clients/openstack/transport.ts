import { request as plain } from "node:http";
import { Agent, request as encrypted } from "node:https";
// As a whole, because an older Node.js, which is to be told its version, does not link a name that it lacks.
import tlsModule from "node:tls";
import { chosenProxy } from "./proxy.ts";
import { proxyAuthorization, tunnel } from "./tunnel.ts";

export { ProxyRefusal } from "./tunnel.ts";

/** A request to an API of OpenStack or Kubernetes. */
export interface HttpRequest {
  method: "GET" | "POST" | "PUT" | "DELETE";
  url: string;
  headers?: Record<string, string>;
  body?: unknown;
  /** URL of a proxy. @default that of the environment, if it has one */
  proxy?: string;
}

export interface HttpResponse {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  text: string;
}

/** Certificates of a connection. */
export interface TlsSettings {
  /** CAs that are trusted. @default those of this machine and of Node.js */
  ca?: Buffer;
  cert?: Buffer;
  key?: Buffer;
  rejectUnauthorized: boolean;
}

/** Options of connections, with their certificates parsed. */
interface ConnectionOptions {
  secureContext: tlsModule.SecureContext;
  rejectUnauthorized: boolean;
}

/** Agents by certificates, so that connections are used again with the same certificates only. */
const agents = new WeakMap<TlsSettings, Agent>();
const connections = new WeakMap<TlsSettings, ConnectionOptions>();

/** CAs of this machine and of Node.js, read once. The plugin trusts those of the machine, and Node.js alone does not. */
let machineCas: string[] | undefined;

/**
 * Sends one request and returns the response, whatever its status. Not by `fetch`, which takes no certificates of a private cloud and knows
 * no proxy.
 */
export async function send(request: HttpRequest, tls: TlsSettings, seconds: number): Promise<HttpResponse> {
  const signal = AbortSignal.timeout(seconds * 1000);
  try {
    return await sendBy(request, tls, signal);
  } catch (error) {
    throw signal.aborted ? Object.assign(new Error(`no answer within ${seconds} s`), { code: "ETIMEDOUT" }) : error;
  }
}

async function sendBy(
  { method, url, headers = {}, body, proxy: given }: HttpRequest,
  tls: TlsSettings,
  signal: AbortSignal,
): Promise<HttpResponse> {
  const target = new URL(url);
  const proxy = chosenProxy(target, given);
  const content = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
  const all = {
    Accept: "application/json",
    ...(content ? { "Content-Type": "application/json", "Content-Length": String(content.length) } : {}),
    ...headers,
  };
  const options = { method, headers: all, signal };
  if (target.protocol === "https:") {
    const through = proxy ? { socket: await tunnel(proxy, target, signal), agent: oneConnection(tls) } : { agent: agentOf(tls) };
    return responseOf(encrypted(target, { ...options, ...through }), content);
  }
  if (!proxy) return responseOf(plain(target, options), content);
  const start = proxy.protocol === "https:" ? encrypted : plain;
  const proxied = { ...options, path: url, headers: { ...all, Host: target.host, ...proxyAuthorization(proxy) } };
  return responseOf(start(proxy.origin, proxied), content);
}

function responseOf(request: ReturnType<typeof plain>, content: Buffer | undefined): Promise<HttpResponse> {
  const { promise, resolve, reject } = Promise.withResolvers<HttpResponse>();
  request.on("error", reject).on("response", (response) => {
    const chunks: Buffer[] = [];
    response.on("data", (chunk: Buffer) => chunks.push(chunk));
    response.on("error", reject);
    response.on("end", () =>
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString() }),
    );
  });
  request.end(content);
  return promise;
}

function agentOf(tls: TlsSettings): Agent {
  const known = agents.get(tls);
  if (known) return known;
  const agent = new Agent({ ...connectionOptions(tls), keepAlive: true, timeout: 5_000 });
  agents.set(tls, agent);
  return agent;
}

/** Makes an agent for one connection, whose socket is given. */
function oneConnection(tls: TlsSettings): Agent {
  return new Agent(connectionOptions(tls));
}

function connectionOptions(tls: TlsSettings): ConnectionOptions {
  const known = connections.get(tls);
  if (known) return known;
  const { rejectUnauthorized, ca = trustedCas(), ...own } = tls;
  const options = { secureContext: tlsModule.createSecureContext({ ...own, ca }), rejectUnauthorized };
  connections.set(tls, options);
  return options;
}

function trustedCas(): string[] {
  machineCas ??= [...new Set([...tlsModule.getCACertificates("default"), ...tlsModule.getCACertificates("system")])];
  return machineCas;
}
