import { setTimeout } from "node:timers/promises";
import { MOST_TRIES, retryDelay, retryMessage } from "../../lib/retry.ts";
import { type HttpRequest, type HttpResponse, ProxyRefusal, send, type TlsSettings } from "./transport.ts";

/** Timeout of one request in seconds. */
const REQUEST_SECONDS = 60;

/** Longest delay in seconds that a service may ask for with Retry-After. */
const LONGEST_RETRY_AFTER = 60;

/** Codes of Node's errors after which a later request may succeed. Certificates and protocols do not change within minutes. */
const TRANSIENT_CODES = [
  "EAI_AGAIN",
  "ECONNABORTED",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTDOWN",
  "EHOSTUNREACH",
  "ENETDOWN",
  "ENETUNREACH",
  "EPIPE",
  "ETIMEDOUT",
];

/** Hosts that have answered in this process. */
const answered = new Set<string>();

/** Returns whether a cloud has answered in this process. */
export function hasAnswered(): boolean {
  return answered.size > 0;
}

/** Receives messages for users while requests are retried. */
export type Say = (message: string) => void;

/** Error of a request that OpenStack refused. */
export class OpenStackError extends Error {
  readonly status: number;

  constructor(request: HttpRequest, { status, text }: HttpResponse) {
    super(`${nameOf(request)}: ${status} ${reason(text)}`);
    this.name = "OpenStackError";
    this.status = status;
  }
}

/** Sends a request, and retries it after transient failures. A refusal throws OpenStackError. */
export async function sendWithRetries(request: HttpRequest, tls: TlsSettings, say: Say, failures = 0): Promise<HttpResponse> {
  const response = await send(request, tls, REQUEST_SECONDS).catch((error: Error) => error);
  const { host } = new URL(request.url);
  if (!(response instanceof Error)) {
    answered.add(host);
    if (response.status < 400) return response;
  }
  if (failures + 1 >= MOST_TRIES || !isTransient(response, answered.has(host))) throw failure(request, response);
  const seconds = Math.max(retryDelay(failures + 1), retryAfter(response));
  const { message } = failure(request, response);
  say(retryMessage(message, failures + 1, MOST_TRIES, seconds));
  await setTimeout(seconds * 1000);
  return sendWithRetries(request, tls, say, failures + 1);
}

/**
 * Returns whether a later request may succeed. A name that does not exist is misspelt, unless its host has answered before: then the network
 * or its DNS has changed for a while, as when a VPN ends.
 */
function isTransient(response: HttpResponse | Error, hasAnsweredBefore: boolean): boolean {
  if (response instanceof ProxyRefusal || !(response instanceof Error)) {
    const { status } = response;
    return status === 408 || status === 429 || (status >= 500 && status !== 501);
  }
  const { code = "" } = response as NodeJS.ErrnoException;
  return TRANSIENT_CODES.includes(code) || (code === "ENOTFOUND" && hasAnsweredBefore);
}

/** Returns the seconds that a service asks to wait: Retry-After is a number of them or a date. */
function retryAfter(response: HttpResponse | Error): number {
  const value = response instanceof Error ? undefined : response.headers["retry-after"];
  if (!value) return 0;
  const seconds = /^\d+$/.test(String(value)) ? Number(value) : (Date.parse(String(value)) - Date.now()) / 1000;
  return Math.min(Math.max(seconds || 0, 0), LONGEST_RETRY_AFTER);
}

function failure(request: HttpRequest, response: HttpResponse | Error): Error {
  if (!(response instanceof Error)) return new OpenStackError(request, response);
  return new Error(`${nameOf(request)}: ${messageOf(response)}`, { cause: response });
}

/** Returns the message of an error. That of several addresses has none of its own. */
function messageOf(error: Error): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join(", ");
  // Node.js advises to trust the machine's CAs, which are trusted already.
  return (
    error.message.replace(/; if the root CA is installed locally.*/, "; name its CA as cacert in clouds.yaml or in OS_CACERT") ||
    String(error)
  );
}

/** Names a request, without its query. */
function nameOf({ method, url }: HttpRequest): string {
  return `${method} ${url.split("?")[0]}`;
}

/** Reads the reason from a refusal, like `{"NeutronError": {"message": ...}}`. */
function reason(text: string): string {
  try {
    const [first] = Object.values(JSON.parse(text)) as { message?: string }[];
    return first?.message ?? text.slice(0, 200);
  } catch {
    return text.replace(/<[^>]*>|\s+/g, " ").slice(0, 200);
  }
}
