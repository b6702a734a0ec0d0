import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setTimeout } from "node:timers/promises";
import { type Answer, type ApiRequest, Refusal, type RouteTable } from "./api.ts";
import type { Calls } from "./calls.ts";
import type { Clock } from "./clock.ts";
import type { Effect, Faults } from "./faults.ts";
import type { Keystone } from "./keystone.ts";
import type { CloudSettings } from "./settings.ts";

/**
 * Milliseconds that an idle connection stays open. This is longer than Go's clients keep it. Otherwise, a request of theirs sometimes meets
 * the end of its connection.
 */
const KEPT_ALIVE = 120_000;

interface Parts {
  routes: RouteTable;
  keystone: Keystone;
  clock: Clock;
  faults: Faults;
  calls: Calls;
  latency: CloudSettings["latency"];
}

/** HTTP server of the cloud. It counts each request, delays it, applies faults, and otherwise returns the answer. */
export function httpServer(parts: Parts): Server {
  return createServer({ keepAliveTimeout: KEPT_ALIVE }, (request, response) => {
    serve(parts, request, response).catch((error) => {
      // A request that its client has cancelled ends here as well.
      if (!response.destroyed) send(response, { status: 500, body: String(error) });
    });
  });
}

async function serve({ routes, keystone, clock, faults, calls, latency }: Parts, request: IncomingMessage, response: ServerResponse) {
  const { method = "GET", headers } = request;
  const { pathname, searchParams: query } = new URL(request.url ?? "", "http://fake.invalid");
  const body = await bodyOf(request);
  const found = routes.find(method, pathname);
  if (!found) {
    calls.count(`${method} ${pathname} (unknown)`);
    return send(response, { status: 404, body: `the fake has no ${method} ${pathname}` });
  }

  const { route, params } = found;
  const call = `${method} ${route.pattern}`;
  calls.count(call);
  const effect = faults.nextCall(call);
  if (effect === "cut") return void response.destroy();
  const { read, write } = latency[route.service];
  await setTimeout(method === "GET" ? read : write);
  if (effect !== undefined && effect !== "cut-after") return send(response, failure(route.service, effect));

  const answer = refusing(() => {
    clock.settle();
    const asked: ApiRequest = { params, query, headers, body };
    if (route.service !== "identity") keystone.check(asked, route.service);
    return route.handle(asked);
  });
  // A server whose build takes no time is ACTIVE before the next request.
  clock.settle();
  if (effect === "cut-after") return void response.destroy();
  send(response, answer);
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString()) : undefined;
}

function refusing(work: () => Answer): Answer {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    throw error;
  }
}

function failure(service: keyof CloudSettings["latency"], { status, retryAfter }: Exclude<Effect, string>): Answer {
  const { answer } = new Refusal(service, status, `The fake was told to answer ${status}.`);
  return { ...answer, ...(retryAfter === undefined ? {} : { headers: { "Retry-After": String(retryAfter) } }) };
}

function send(response: ServerResponse, { status, body, headers = {} }: Answer): void {
  const isText = typeof body === "string";
  const type = body === undefined ? {} : { "Content-Type": isText ? "text/plain" : "application/json" };
  response.writeHead(status, { ...type, ...headers }).end(isText ? body : body && JSON.stringify(body));
}
