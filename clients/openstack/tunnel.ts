import { request as plain } from "node:http";
import { request as encrypted } from "node:https";
import type { Duplex } from "node:stream";

/** Error of a proxy that opens no connection. */
export class ProxyRefusal extends Error {
  readonly status: number;

  constructor(proxy: URL, target: URL, status: number, text: string) {
    super(`the proxy ${proxy.host} does not connect to ${target.host}: ${status} ${text}`);
    this.status = status;
  }
}

/** Opens a connection to a host through a proxy. */
export function tunnel(proxy: URL, target: URL, signal: AbortSignal): Promise<Duplex> {
  const { promise, resolve, reject } = Promise.withResolvers<Duplex>();
  const authority = `${target.hostname}:${target.port || 443}`;
  const start = proxy.protocol === "https:" ? encrypted : plain;
  const headers = { Host: authority, ...proxyAuthorization(proxy) };
  start(proxy.origin, { method: "CONNECT", path: authority, headers, signal, agent: false })
    .on("connect", ({ statusCode = 0, statusMessage = "" }, socket) => {
      if (statusCode === 200) return resolve(socket);
      socket.destroy();
      reject(new ProxyRefusal(proxy, target, statusCode, statusMessage));
    })
    .on("error", reject)
    .end();
  return promise;
}

/** Makes the header of a proxy whose URL has a user and a password. */
export function proxyAuthorization({ username, password }: URL): Record<string, string> {
  if (!username && !password) return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { "Proxy-Authorization": `Basic ${Buffer.from(pair).toString("base64")}` };
}
