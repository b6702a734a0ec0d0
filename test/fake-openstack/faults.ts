import { createHash } from "node:crypto";

/** Fault of a request. "cut" ends the connection before the work, "cut-after" when the service has done it. */
export type Effect = { status: number /** Seconds. @default no such header */; retryAfter?: number } | "cut" | "cut-after";

/** Requests that fail. */
export interface RequestFault {
  /** Kind of call: "POST /compute/v2.1/servers". @default all but sign-ins */
  call?: string;
  effect: Effect;
  /** Share of the calls, from 0 to 1. @default all */
  share?: number;
  /** Most calls that fail. With all calls, this makes a burst. @default no limit */
  limit?: number;
}

/** Faults of the cloud. All of them can be changed while it runs. */
export interface FaultSettings {
  requests: RequestFault[];
  /** Share of servers that end in ERROR at the end of their build. */
  errorServers: number;
  /** Share of servers for which no host exists. */
  noValidHost: number;
  /** Share of servers that need longer, and the additional seconds. */
  slowServers: { share: number; seconds: number };
}

export const NO_FAULTS: FaultSettings = { requests: [], errorServers: 0, noValidHost: 0, slowServers: { share: 0, seconds: 0 } };

/** Fate of a server. */
export type Fate = "active" | "error" | "no-valid-host";

/** Chooses faults by a seed. The n-th call of a kind, and the n-th server, have the same fate in each run. */
export class Faults {
  settings: FaultSettings;
  readonly #seed: number;
  readonly #counts = new Map<string, number>();
  readonly #hits = new Map<RequestFault, number>();

  constructor(settings: Partial<FaultSettings>, seed: number) {
    this.settings = { ...NO_FAULTS, ...settings };
    this.#seed = seed;
  }

  /** Returns the fault of the next call of a kind. */
  nextCall(call: string): Effect | undefined {
    const ordinal = this.#next(call);
    const signIn = call.endsWith("/auth/tokens");
    for (const [place, fault] of this.settings.requests.entries()) {
      const { call: wanted, share = 1, limit = Number.POSITIVE_INFINITY, effect } = fault;
      const hits = this.#hits.get(fault) ?? 0;
      if ((wanted === undefined ? signIn : wanted !== call) || hits >= limit || this.#draw("call", place, call, ordinal) >= share) continue;
      this.#hits.set(fault, hits + 1);
      return effect;
    }
    return undefined;
  }

  /** Returns the fate of the next server, and its additional seconds. */
  nextServer(): { fate: Fate; delay: number } {
    const ordinal = this.#next("server");
    const { errorServers, noValidHost, slowServers } = this.settings;
    if (this.#draw("no valid host", ordinal) < noValidHost) return { fate: "no-valid-host", delay: 0 };
    const delay = this.#draw("slow", ordinal) < slowServers.share ? slowServers.seconds : 0;
    return { fate: this.#draw("error", ordinal) < errorServers ? "error" : "active", delay };
  }

  #next(kind: string): number {
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    return count;
  }

  /** Draws a number of at least 0 and less than 1. */
  #draw(...key: (string | number)[]): number {
    const hash = createHash("sha256")
      .update([this.#seed, ...key].join("\n"))
      .digest();
    return hash.readUInt32BE() / 2 ** 32;
  }
}
