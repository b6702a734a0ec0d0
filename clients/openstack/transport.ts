import { request as plain } from "node:http";
import { request as encrypted } from "node:https";
import type { CloudSettings } from "./cloud-settings.ts";

/** A request to an API of OpenStack or Kubernetes. */
export interface HttpRequest {
  method: "GET" | "POST" | "PUT" | "DELETE";
  url: string;
  headers?: Record<string, string>;
  body?: unknown;
}

export interface HttpResponse {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  text: string;
}

/** Sends one request and returns the response, whatever its status. Not by `fetch`, which takes no certificates of a private cloud. */
export function send({ method, url, headers = {}, body }: HttpRequest, tls: CloudSettings["tls"], seconds: number): Promise<HttpResponse> {
  const { promise, resolve, reject } = Promise.withResolvers<HttpResponse>();
  const content = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
  const all = {
    Accept: "application/json",
    ...(content ? { "Content-Type": "application/json", "Content-Length": String(content.length) } : {}),
    ...headers,
  };
  const signal = AbortSignal.timeout(seconds * 1000);
  const start = new URL(url).protocol === "https:" ? encrypted : plain;
  const request = start(url, { method, headers: all, signal, ...tls }, (response) => {
    const chunks: Buffer[] = [];
    response.on("data", (chunk: Buffer) => chunks.push(chunk));
    response.on("error", reject);
    response.on("end", () =>
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString() }),
    );
  });
  request.on("error", (error) => reject(signal.aborted ? new Error(`no answer within ${seconds} s`) : error));
  request.end(content);
  return promise;
}
