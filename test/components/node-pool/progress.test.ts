import type * as command from "@pulumi/command";
import type * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { PoolProgress } from "../../../components/node-pool/progress.ts";

/** Component of the log lines, which are caught. */
const pool = {} as pulumi.ComponentResource;
let said: string[];

beforeEach(async () => {
  said = [];
  vi.spyOn(pulumi.log, "info").mockImplementation(async (line) => void said.push(line));
  await pulumi.runtime.setMocks({ newResource: ({ name, inputs }) => ({ id: name, state: inputs }), call: () => ({}) });
  // Like an engine with hooks, which Pulumi's mocks lack.
  const answer = (_: unknown, done: (error: null, answer: object) => void) => done(null, {});
  Object.assign(pulumi.runtime.getMonitor()!, { registerErrorHook: answer, registerResourceHook: answer });
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Resource that the engine is creating. */
class Pending {
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

/** Waits until all resolved promises are handled. */
const happen = () => new Promise((resolve) => setTimeout(resolve, 5));

/** Makes the progress of a pool with three machines in one batch. */
function follow(machines: pulumi.Input<unknown[]> = [{}, {}]) {
  const progress = new PoolProgress(pool, { name: "demo-web", pool: "web", wanted: 3 });
  const pending = { servers: [new Pending(), new Pending(), new Pending()], contact: new Pending(), join: new Pending() };
  pending.servers.forEach(({ resource }, key) => void progress.server(`demo-web-${key}`, resource));
  progress.batch("booted", "demo-web-contact-0", pending.contact.resource, machines);
  progress.batch("joined", "demo-web-join-0", pending.join.resource, machines);
  const end = progress.end();
  return { ...pending, end, begin: (name: string) => begin(progress, name) };
}

/** Calls the hook with which the engine begins a creation. */
function begin(progress: PoolProgress, name: string): void {
  const [hook] = progress.options.hooks!.beforeCreate as pulumi.ResourceHook[];
  void hook!.callback({ name } as pulumi.ResourceHookArgs);
}

it("logs the progress every ten seconds when it has changed, and at the end", async () => {
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

it("logs nothing when nothing is created or updated", async () => {
  const { servers, contact, join, end } = follow();
  await Promise.all([...servers, contact, join].map((each) => each.done()));
  vi.advanceTimersByTime(60_000);
  await end;
  expect(said).toEqual([]);
});

it("logs nothing in the first ten seconds", async () => {
  const { servers, contact, join, begin, end } = follow();
  begin("demo-web-0");
  await Promise.all([...servers, contact, join].map((each) => each.done()));
  await end;
  expect(said).toEqual([]);
});

it("counts no machines that a preview does not know, because it replaces one", async () => {
  const { begin, end, servers, contact, join } = follow(pulumi.output<unknown[] | undefined>(undefined) as pulumi.Output<unknown[]>);
  begin("demo-web-0");
  vi.advanceTimersByTime(10_000);
  await Promise.all([...servers, contact, join].map((each) => each.done()));
  await end;
  expect(said.at(-1)).toMatch(/^pool web: 3 of 3 created, 0 booted, 0 joined/);
});

it("registers no hooks with an engine without hooks", async () => {
  await pulumi.runtime.setMocks({ newResource: ({ name, inputs }) => ({ id: name, state: inputs }), call: () => ({}) });
  expect(new PoolProgress(pool, { name: "demo-web", pool: "web", wanted: 3 }).options).toEqual({});
});
