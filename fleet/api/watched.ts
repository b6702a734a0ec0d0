import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import type { KubernetesObject } from "../crds/kinds/object.ts";
import type { Api } from "./api.ts";
import { ApiError } from "./api-error.ts";
import type { Resource } from "./resources.ts";

/** Seconds of one watch, at least and at most: for so long a connection that is cut silently may hide what happens. At random, so that not all begin anew at once. */
const WATCH_SECONDS = [50, 70] as const;

/** Seconds after the end of a watch at which its connection is taken for dead. */
const OVERDUE_SECONDS = 10;

/** Deleted objects that are remembered: an answer to a write may come after the watch has told the deletion. */
const REMEMBERED = 1000;

/** Seconds before a retry: at first, and at most. They double, and are shortened at random by up to a half. */
const FIRST_PAUSE = 1;
const LONGEST_PAUSE = 30;

interface WatchEvent<T> {
  type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  object: T & { code?: number };
}

/** All objects of a kind, kept up to date by list and watch. client-node's informers go silent for people, so this is our own. */
export class Watched<T extends KubernetesObject> {
  readonly #api: Api;
  readonly #resource: Resource;
  readonly #onChange: () => void;
  readonly #objects = new Map<string, T>();
  /** Versions at which objects were deleted, by name. */
  readonly #gone = new Map<string, string | undefined>();
  readonly #end = new AbortController();
  #listed = Promise.withResolvers<void>();
  #version = "";

  /** @param onProblem gets what failed, before it is tried again */
  constructor(api: Api, resource: Resource, onChange: () => void, onProblem: (message: string) => void) {
    this.#api = api;
    this.#resource = resource;
    this.#onChange = onChange;
    void this.#follow(onProblem);
  }

  get all(): T[] {
    return [...this.#objects.values()];
  }

  /** Waits until the objects are known. */
  listed(): Promise<void> {
    return this.#listed.promise;
  }

  get(name: string): T | undefined {
    return this.#objects.get(name);
  }

  /** Notes an object that was written, because the watch tells it only later. */
  put(object: T): void {
    const { name, resourceVersion } = object.metadata;
    const known = this.#objects.get(name)?.metadata.resourceVersion ?? this.#gone.get(name);
    if (isNewer(resourceVersion, known)) this.#objects.set(name, object);
  }

  stop(): void {
    this.#end.abort();
  }

  async #follow(onProblem: (message: string) => void): Promise<void> {
    let pause = FIRST_PAUSE;
    while (!this.#end.signal.aborted) {
      try {
        if (this.#version === "") await this.#list();
        await this.#watch();
        pause = FIRST_PAUSE;
      } catch (error) {
        if (this.#end.signal.aborted) return;
        // A version that is too old for the API server is listed anew at once.
        if (error instanceof ApiError && error.status === 410) this.#version = "";
        else {
          onProblem((error as Error).message);
          await setTimeout(pause * 1000 * (0.5 + Math.random() / 2), undefined, { signal: this.#end.signal }).catch(() => {});
          pause = Math.min(pause * 2, LONGEST_PAUSE);
        }
      }
    }
  }

  /** Lists in a function of its own: in one that goes on to watch, the answer would stay in memory. */
  async #list(): Promise<void> {
    const { items, metadata } = await this.#api.send<{ items: T[]; metadata: { resourceVersion: string } }>(
      "GET",
      this.#api.path(this.#resource),
    );
    const names = new Set(items.map(({ metadata }) => metadata.name));
    for (const [name, { metadata: known }] of this.#objects)
      if (!names.has(name) && !isNewer(known.resourceVersion, metadata.resourceVersion)) this.#objects.delete(name);
    for (const item of items) this.put(item);
    this.#version = metadata.resourceVersion;
    this.#listed.resolve();
    this.#onChange();
  }

  async #watch(): Promise<void> {
    const [least, most] = WATCH_SECONDS;
    const seconds = Math.round(least + Math.random() * (most - least));
    const query = { watch: "true", allowWatchBookmarks: "true", resourceVersion: this.#version, timeoutSeconds: String(seconds) };
    const signal = AbortSignal.any([this.#end.signal, AbortSignal.timeout((seconds + OVERDUE_SECONDS) * 1000)]);
    const answer = await this.#api.stream(this.#api.path(this.#resource), query, signal);
    for await (const line of createInterface({ input: answer, signal })) if (line !== "") this.#take(JSON.parse(line) as WatchEvent<T>);
  }

  #take({ type, object }: WatchEvent<T>): void {
    if (type === "ERROR") throw new ApiError(`watch of ${this.#resource.plural} ended with ${object.code}`, object.code ?? 500);
    this.#version = object.metadata.resourceVersion!;
    if (type === "BOOKMARK") return;
    if (type === "DELETED") this.#remove(object);
    else this.put(object);
    this.#onChange();
  }

  #remove({ metadata: { name, resourceVersion } }: T): void {
    this.#objects.delete(name);
    this.#gone.set(name, resourceVersion);
    if (this.#gone.size > REMEMBERED) this.#gone.delete(this.#gone.keys().next().value!);
  }
}

function isNewer(version: string | undefined, than: string | undefined): boolean {
  return BigInt(version ?? 0) > BigInt(than ?? 0);
}
