import type { IncomingHttpHeaders } from "node:http";

export type ServiceName = "identity" | "compute" | "network" | "image" | "load-balancer" | "volumev3";

/** Request, as handlers see it. */
export interface ApiRequest {
  /** Parts of the path in place of `{name}` in the pattern. */
  params: Record<string, string>;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: unknown;
}

export interface Answer {
  status: number;
  /** Object, sent as JSON, or text, sent unchanged. @default nothing */
  body?: object | string;
  headers?: Record<string, string>;
}

/** Kind of call: "POST /compute/v2.1/servers". */
export interface Route {
  service: ServiceName;
  method: string;
  /** Path, with `{name}` in place of ids. */
  pattern: string;
  handle: (request: ApiRequest) => Answer;
}

/** Error: the request is refused. */
export class Refusal extends Error {
  readonly answer: Answer;

  constructor(service: ServiceName, status: number, message: string, type?: string) {
    super(message);
    this.answer = { status, body: refusalBody(service, status, message, type) };
  }
}

/** Names of refusals, which Nova and Cinder share. */
const FAULT_NAMES: Record<number, string> = {
  400: "badRequest",
  401: "unauthorized",
  403: "forbidden",
  404: "itemNotFound",
  409: "conflictingRequest",
  413: "overLimit",
  429: "overLimit",
  503: "serviceUnavailable",
};

/** Writes the body of a refusal. Each service has its own form. */
function refusalBody(service: ServiceName, status: number, message: string, type = "HTTPException"): object | string {
  switch (service) {
    case "identity":
      return { error: { code: status, title: type, message } };
    case "compute":
    case "volumev3":
      return { [FAULT_NAMES[status] ?? "computeFault"]: { code: status, message } };
    case "network":
      return { NeutronError: { type, message, detail: "" } };
    case "load-balancer":
      return { faultcode: status < 500 ? "Client" : "Server", faultstring: message, debuginfo: null };
    case "image":
      return `<html><head><title>${status}</title></head><body><h1>${status}</h1>${message}</body></html>`;
  }
}

/** Returns the object under a key of a request's body. */
export function given<T extends object>(service: ServiceName, { body }: ApiRequest, key: string): Partial<T> {
  const value = (body as Record<string, unknown> | undefined)?.[key];
  if (typeof value === "object" && value !== null) return value;
  throw new Refusal(service, 400, `Invalid input: the body has no object "${key}"`);
}

/** Table of routes, by method and path. */
export class RouteTable {
  readonly #routes = new Map<string, { route: Route; segments: string[] }[]>();

  constructor(routes: readonly Route[]) {
    for (const route of routes) {
      const segments = route.pattern.split("/");
      const key = `${route.method} ${segments.length}`;
      this.#routes.set(key, [...(this.#routes.get(key) ?? []), { route, segments }]);
    }
  }

  find(method: string, path: string): { route: Route; params: Record<string, string> } | undefined {
    const parts = path.split("/");
    for (const { route, segments } of this.#routes.get(`${method} ${parts.length}`) ?? []) {
      const params = matched(segments, parts);
      if (params) return { route, params };
    }
    return undefined;
  }
}

function matched(segments: readonly string[], parts: readonly string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [place, segment] of segments.entries()) {
    const part = decodeURIComponent(parts[place]!);
    if (segment.startsWith("{")) params[segment.slice(1, -1)] = part;
    else if (segment !== part) return undefined;
  }
  return params;
}
