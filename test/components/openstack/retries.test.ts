import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { withRetries } from "../../../components/openstack/retries.ts";
import { MOST_TRIES } from "../../../lib/retry.ts";
import { readOwnStateBy } from "../../../operations/state/own-state.ts";
import { TYPES } from "../../../operations/state/types.ts";
import type { FakeOpenStack } from "../../support/fake-openstack.ts";
import { startSignedIn } from "../../support/signed-in.ts";
import { resource, stateOf } from "../../support/stack-state.ts";

const BUSY = "The service is currently unable to handle the request due to a temporary overloading or maintenance.";
const LIMITED = "Too many requests have been sent in a given amount of time.";
const GENERATED = { name: "w-4a5b6c7", metadata: { "caravan-stack": "m" }, __defaults: ["name"] };

let cloud: FakeOpenStack;
let said: string[];

beforeEach(async () => {
  cloud = await startSignedIn();
  cloud.objects.servers = [{ id: "lost", name: GENERATED.name, metadata: GENERATED.metadata }];
  vi.spyOn(Math, "random").mockReturnValue(0);
  vi.spyOn(pulumi.runtime, "requirePulumiVersion").mockRejectedValue(new Error("older"));
  said = [];
  const note = async (text: string) => void said.push(text);
  vi.spyOn(pulumi.log, "info").mockImplementation(note);
  vi.spyOn(pulumi.log, "warn").mockImplementation(note);
  await pulumi.runtime.setMocks({ newResource: ({ name, inputs }) => ({ id: name, state: inputs }), call: () => ({}) });
});

afterEach(() => {
  cloud.stop();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** Returns the hooks that a resource of a component gets. */
function hooksOf(type: string, opts: pulumi.CustomResourceOptions = {}): pulumi.ErrorHook[] {
  const [transformation] = withRetries().transformations!;
  const resource = new pulumi.ComponentResource("test:index:Any", "any");
  const result = transformation!({ resource, type, name: "w", props: {}, opts });
  return result?.opts.hooks?.onError ?? [];
}

/** Makes the monitor like that of an engine with error hooks, which Pulumi's mocks lack. */
function withEngine(): void {
  // biome-ignore lint/suspicious/noExplicitAny: the SDK's monitor is not typed
  (pulumi.runtime.getMonitor() as any).registerErrorHook = (_: unknown, done: (error: null, answer: object) => void) => done(null, {});
}

function failed(error: string, changes: Partial<pulumi.ErrorHookArgs> = {}): pulumi.ErrorHookArgs {
  const resource = { urn: "urn::w", id: "", name: "w", type: TYPES.server };
  return { ...resource, newInputs: GENERATED, failedOperation: "create", errors: [error], ...changes };
}

it("adds no hooks with an engine without them, nor to resources of other providers", () => {
  expect(hooksOf(TYPES.server)).toEqual([]);
  withEngine();
  expect(hooksOf("command:local:Command")).toEqual([]);
  vi.stubEnv("PULUMI_NODEJS_SYNC", "/pipes");
  expect(hooksOf(TYPES.server)).toEqual([]);
  vi.stubEnv("PULUMI_NODEJS_ROOT_DIRECTORY", "/project");
  expect(hooksOf(TYPES.server).map(({ name }) => name)).toEqual(["caravan-retry"]);
});

describe("a failed operation", () => {
  const decide = (args: pulumi.ErrorHookArgs) => hooksOf(TYPES.server)[0]!.callback(args);
  const servers = () => cloud.objects.servers!.map(({ id }) => id);

  beforeEach(() => {
    withEngine();
    readOwnStateBy(async () => stateOf([]));
  });

  it("is retried when the answer was lost, after its orphan is removed", async () => {
    expect(await decide(failed(BUSY))).toBe(true);
    expect(servers()).toEqual([]);
    expect(said).toEqual([
      "w: removed the server lost, which the failed creation left behind",
      `create of w: 503 Service Unavailable; try 2 of ${MOST_TRIES} after 0.0 s`,
    ]);
  });

  describe("of a floating IP with the mark of another", () => {
    const description = "caravan-cluster=shop 4e03048e-69bb-49a7-80da-5cd5caffa6d1 -bastion";
    const lostAddress = failed(BUSY, { type: TYPES.floatingIp, newInputs: { description } });
    const addresses = () => cloud.objects.floatingips!.map(({ id }) => id);

    it("keeps that of another resource, and the predecessor in the state", async () => {
      cloud.objects.floatingips = [
        { id: "of-the-api", description: description.replace("-bastion", "-api") },
        { id: "predecessor", description },
        { id: "lost", description },
      ];
      readOwnStateBy(async () => stateOf([resource("FloatingIp", "shop-bastion", { id: "predecessor" })]));
      expect(await decide(lostAddress)).toBe(true);
      expect(addresses()).toEqual(["of-the-api", "predecessor"]);
    });

    it("is not retried when the found one is in use", async () => {
      cloud.objects.floatingips = [{ id: "f1", description, port_id: "p1", floating_ip_address: "192.0.2.1" }];
      expect(await decide(lostAddress)).toBe(false);
      expect(addresses()).toEqual(["f1"]);
      expect(said).toEqual([
        "create of w: 503 Service Unavailable; not retried: what it may have left behind is not removed (the floating IP 192.0.2.1 (f1) may be it, but it leads to the port p1)",
      ]);
    });

    it("is not retried, and nothing is removed, when the state cannot be read", async () => {
      cloud.objects.floatingips = [{ id: "f1", description }];
      readOwnStateBy(() => Promise.reject(new Error("the stack's state cannot be read: error: no such stack")));
      expect(await decide(lostAddress)).toBe(false);
      expect(addresses()).toEqual(["f1"]);
      expect(said).toEqual([
        "create of w: 503 Service Unavailable; not retried: what it may have left behind is not removed (the stack's state cannot be read: error: no such stack)",
      ]);
    });

    it("reads no state when nothing was left behind", async () => {
      cloud.objects.floatingips = [];
      readOwnStateBy(() => Promise.reject(new Error("read")));
      expect(await decide(lostAddress)).toBe(true);
    });
  });

  it("is retried without a search when the cloud did nothing", async () => {
    expect(await decide(failed(LIMITED))).toBe(true);
    expect(cloud.requests).toEqual([]);
  });

  it("is not retried when its orphan could be another stack's", async () => {
    expect(await decide(failed(BUSY, { newInputs: { name: "shop-0", __defaults: [] } }))).toBe(false);
    expect(servers()).toEqual(["lost"]);
    expect(said).toEqual([
      "create of w: 503 Service Unavailable; not retried: it may have left something behind that only the next run can tell from what is others'",
    ]);
  });

  it("is not retried after a lasting failure, nor after the last try", async () => {
    expect(await decide(failed("Quota exceeded for instances"))).toBe(false);
    expect(await decide(failed(LIMITED, { errors: Array.from({ length: MOST_TRIES }, () => LIMITED) }))).toBe(false);
    expect(said).toEqual([]);
  });

  it("keeps the created object when the engine continues with it", async () => {
    vi.spyOn(pulumi.runtime, "requirePulumiVersion").mockResolvedValue();
    expect(await decide(failed("creating urn:pulumi:dev::w: 1 error occurred:\n\t* Bad Gateway"))).toBe(true);
    expect(servers()).toEqual(["lost"]);
    expect(said).toEqual([`create of w: 502 Bad Gateway; try 2 of ${MOST_TRIES} after 0.0 s`]);
  });

  it("is retried with another object by an earlier engine, and the log says that Pulumi remembers the error", async () => {
    vi.spyOn(pulumi.runtime, "requirePulumiVersion").mockRejectedValue(new Error("too old"));
    expect(await decide(failed("creating urn:pulumi:dev::w: 1 error occurred:\n\t* Bad Gateway"))).toBe(true);
    expect(servers()).toEqual([]);
    expect(said).toEqual([
      "w: removed the server lost, which the failed creation left behind",
      `create of w: 502 Bad Gateway; try 2 of ${MOST_TRIES} after 0.0 s`,
      "Pulumi remembers this error of w; without `pulumi refresh`, the next up recreates it if it is a worker",
    ]);
  });

  it("is retried without a search in an update or deletion", async () => {
    expect(await decide(failed(BUSY, { failedOperation: "delete" }))).toBe(true);
    expect(cloud.requests).toEqual([]);
  });
});
