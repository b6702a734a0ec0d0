import { createHash } from "node:crypto";

/** What happens to a request. "cut" ends the connection before anything was done, "cut-after" when the service did the work. */
export type Effect = { status: number /** Seconds. @default no such header */; retryAfter?: number } | "cut" | "cut-after";

/** Requests that go wrong. */
export interface RequestFault {
  /** Kind of call: "POST /compute/v2.1/servers". @default all but sign-ins */
  call?: string;
  effect: Effect;
  /** Share of the calls, from 0 to 1. @default all */
  share?: number;
  /** Most calls that are hit; with all calls, a burst. @default no limit */
  limit?: number;
}

/** What goes wrong. Everything may be changed while the cloud runs. */
export interface FaultSettings {
  requests: RequestFault[];
  /** Share of servers that end in ERROR when they were nearly built. */
  errorServers: number;
  /** Share of servers for which there is no host. */
  noValidHost: number;
  /** Share of servers that need longer, and how many seconds more. */
  slowServers: { share: number; seconds: number };
}

export const NO_FAULTS: FaultSettings = { requests: [], errorServers: 0, noValidHost: 0, slowServers: { share: 0, seconds: 0 } };

/** The fate of a server. */
export type Fate = "active" | "error" | "no-valid-host";

/** Decides by a seed what goes wrong: the n-th call of a kind, and the n-th server, have the same fate in each run. */
export class Faults {
  settings: FaultSettings;
  readonly #seed: number;
  readonly #counts = new Map<string, number>();
  readonly #hits = new Map<RequestFault, number>();

  constructor(settings: Partial<FaultSettings>, seed: number) {
    this.settings = { ...NO_FAULTS, ...settings };
    this.#seed = seed;
  }

  /** What happens to the next call of a kind. */
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

  /** What becomes of the next server, and how many seconds longer than usual that takes. */
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

  /** A number from 0 to below 1. */
  #draw(...key: (string | number)[]): number {
    const hash = createHash("sha256")
      .update([this.#seed, ...key].join("\n"))
      .digest();
    return hash.readUInt32BE() / 2 ** 32;
  }
}
