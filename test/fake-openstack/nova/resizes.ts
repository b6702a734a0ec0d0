import { type ApiRequest, given, Refusal } from "../api.ts";
import type { Clock } from "../clock.ts";
import type { Flavors } from "./flavors.ts";
import type { Server } from "./server.ts";

/** Parts of which resizes are made. */
export interface ResizeParts {
  clock: Clock;
  flavors: Flavors;
  /** Seconds from the request to VERIFY_RESIZE, and from the confirmation to ACTIVE. */
  seconds: number;
  /** Returns the server whose id is in a request's path. */
  find: (request: ApiRequest) => Server;
  /** Called at each change of a server's status. */
  onStatus: (server: Server) => void;
}

/** Changes of servers' flavors. Each is requested, executed by Nova, and confirmed. */
export class Resizes {
  readonly #parts: ResizeParts;

  constructor(parts: ResizeParts) {
    this.#parts = parts;
  }

  /** Starts or confirms a resize. */
  act(request: ApiRequest): { status: number } {
    const server = this.#parts.find(request);
    const body = request.body as Record<string, unknown> | undefined;
    if (body && "resize" in body) {
      this.#begin(server, given<{ flavorRef: string }>("compute", request, "resize"));
      return { status: 202 };
    }
    if (body && "confirmResize" in body) {
      this.#confirm(server);
      return { status: 204 };
    }
    throw new Refusal("compute", 400, `There is no such action: ${Object.keys(body ?? {}).join(", ")}`);
  }

  #begin(server: Server, { flavorRef = "" }: { flavorRef?: string }): void {
    const { clock, flavors, seconds } = this.#parts;
    const flavor = flavors.store.get(flavorRef);
    if (!flavor) throw new Refusal("compute", 400, `Flavor ${flavorRef} could not be found.`);
    if (flavor === server.flavor) throw new Refusal("compute", 400, "When resizing, instances must change flavor!");
    check(server, "resize", "ACTIVE");
    this.#set(server, "RESIZE");
    clock.after(seconds, () => {
      server.flavor = flavor;
      this.#set(server, "VERIFY_RESIZE");
    });
  }

  #confirm(server: Server): void {
    check(server, "confirmResize", "VERIFY_RESIZE");
    this.#parts.clock.after(this.#parts.seconds, () => this.#set(server, "ACTIVE"));
  }

  #set(server: Server, status: Server["status"]): void {
    server.status = status;
    this.#parts.onStatus(server);
  }
}

function check({ id, status, isLeaving }: Server, action: string, wanted: Server["status"]): void {
  if (status !== wanted || isLeaving)
    throw new Refusal(
      "compute",
      409,
      `Cannot '${action}' instance ${id} while it is in vm_state ${isLeaving ? "deleting" : status.toLowerCase()}`,
    );
}
