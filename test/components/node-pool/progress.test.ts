import type * as command from "@pulumi/command";
import type * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { PoolProgress } from "../../../components/node-pool/progress.ts";

/** Only lines are about it, and those are caught. */
const pool = {} as pulumi.ComponentResource;
let said: string[];

beforeEach(async () => {
  said = [];
  vi.spyOn(pulumi.log, "info").mockImplementation(async (line) => void said.push(line));
  await pulumi.runtime.setMocks({ newResource: ({ name, inputs }) => ({ id: name, state: inputs }), call: () => ({}) });
  // As if the engine knew hooks, which Pulumi's mocks do not.
  const answer = (_: unknown, done: (error: null, answer: object) => void) => done(null, {});
  Object.assign(pulumi.runtime.getMonitor()!, { registerErrorHook: answer, registerResourceHook: answer });
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Something that the engine is asked to make. */
class Asked {
  readonly #outcome = Promise.withResolvers<string>();
  readonly resource = { id: pulumi.output(this.#outcome.promise) } as openstack.compute.Instance & command.local.Command;

  async done(): Promise<void> {
    this.#outcome.resolve("id");
    await happen();
  }

  async fail(): Promise<void> {
    this.#outcome.reject(new Error("server in ERROR"));
    await happen();
  }
}

/** Lets everything happen that can. */
const happen = () => new Promise((resolve) => setTimeout(resolve, 5));

/** A pool of three machines in one batch. */
function follow() {
  const progress = new PoolProgress(pool, { name: "demo-web", pool: "web", wanted: 3 });
  const asked = { servers: [new Asked(), new Asked(), new Asked()], contact: new Asked(), join: new Asked() };
  asked.servers.forEach(({ resource }, key) => void progress.server(`demo-web-${key}`, resource));
  progress.batch("booted", "demo-web-contact-0", asked.contact.resource, [{}, {}]);
  progress.batch("joined", "demo-web-join-0", asked.join.resource, [{}, {}]);
  const end = progress.end();
  return { ...asked, end, begin: (name: string) => begin(progress, name) };
}

/** Has the engine say that it begins to make something. */
function begin(progress: PoolProgress, name: string): void {
  const [hook] = progress.options.hooks!.beforeCreate as pulumi.ResourceHook[];
  void hook!.callback({ name } as pulumi.ResourceHookArgs);
}

it("says every ten seconds how far the pool is when that has changed, and at the end", async () => {
  const { servers, contact, join, begin, end } = follow();
  for (const key of [0, 1, 2]) begin(`demo-web-${key}`);
  await servers[0]!.done();
  vi.advanceTimersByTime(20_000);
  await servers[1]!.done();
  vi.advanceTimersByTime(9_000);
  await servers[2]!.fail();
  vi.advanceTimersByTime(1_000);
  begin("demo-web-join-0");
  await contact.done();
  await join.done();
  await end;
  vi.advanceTimersByTime(60_000);
  expect(said).toEqual([
    "pool web: 1 of 3 created, 0 booted, 0 joined; 6 a minute, less than a minute left",
    "pool web: 2 of 3 created, 0 booted, 0 joined, 1 failed",
    "pool web: 2 of 3 created, 2 booted, 2 joined, 1 failed",
  ]);
});

it("says nothing when nothing is made or changed", async () => {
  const { servers, contact, join, end } = follow();
  await Promise.all([...servers, contact, join].map((each) => each.done()));
  vi.advanceTimersByTime(60_000);
  await end;
  expect(said).toEqual([]);
});

it("says nothing of what took less than ten seconds", async () => {
  const { servers, contact, join, begin, end } = follow();
  begin("demo-web-0");
  await Promise.all([...servers, contact, join].map((each) => each.done()));
  await end;
  expect(said).toEqual([]);
});

it("asks for no hooks where nobody knows them", async () => {
  await pulumi.runtime.setMocks({ newResource: ({ name, inputs }) => ({ id: name, state: inputs }), call: () => ({}) });
  expect(new PoolProgress(pool, { name: "demo-web", pool: "web", wanted: 3 }).options).toEqual({});
});
