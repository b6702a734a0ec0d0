import * as pulumi from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { ConcurrencyLimits, KubernetesCluster } from "../../../components/index.ts";
import { ConcurrencyLimit } from "../../../components/pool/concurrency.ts";
import { machine, mini } from "../../support/cluster-args.ts";
import { deploy } from "../../support/deploy.ts";

/** Engine that begins resources when their `dependsOn` is known, and ends them on demand. */
class Engine {
  readonly begun: string[] = [];
  readonly #ends = new Map<string, (outcome?: Error) => void>();

  /** Makes a resource whose id is known when `end` is called. */
  readonly resource = (name: string, dependsOn: pulumi.Input<pulumi.Resource[]>): pulumi.CustomResource => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    this.#ends.set(name, (outcome) => (outcome ? reject(outcome) : resolve(`${name}-id`)));
    pulumi.output(dependsOn).apply(() => void this.begun.push(name));
    return { id: pulumi.output(promise) } as pulumi.CustomResource;
  };

  async end(name: string, outcome?: Error): Promise<void> {
    this.#ends.get(name)!(outcome);
    await happen();
  }
}

/** Waits until all resolved promises are handled. */
const happen = () => new Promise((resolve) => setTimeout(resolve, 5));

const make = (limit: ConcurrencyLimit, engine: Engine, names: string[], waitsFor: pulumi.Input<unknown> = "") =>
  names.map((name) => limit.make(1, waitsFor, (dependsOn) => engine.resource(name, dependsOn)));

it("begins resources up to the limit, and the next one when one ends or fails", async () => {
  const [limit, engine] = [new ConcurrencyLimit(2), new Engine()];
  make(limit, engine, ["a", "b", "c", "d"]);
  await happen();
  expect(engine.begun).toEqual(["a", "b"]);
  await engine.end("b", new Error("refused"));
  expect(engine.begun).toEqual(["a", "b", "c"]);
  await engine.end("a");
  expect(engine.begun).toEqual(["a", "b", "c", "d"]);
});

it("acquires no place for a resource that still waits for something else, even if that fails later", async () => {
  const [limit, engine] = [new ConcurrencyLimit(1), new Engine()];
  const { promise, reject } = Promise.withResolvers();
  make(limit, engine, ["late"], promise);
  make(limit, engine, ["early"]);
  await happen();
  expect(engine.begun).toEqual(["early"]);
  await engine.end("early");
  reject(new Error("no network"));
  await happen();
  expect(engine.begun).toEqual(["early", "late"]);
});

it("has no effect in a preview", async () => {
  await pulumi.runtime.setMocks({ newResource: () => ({ id: undefined, state: {} }), call: () => ({}) }, "caravan", "test", true);
  const [limit, engine] = [new ConcurrencyLimit(1), new Engine()];
  make(limit, engine, ["a", "b"], new Promise(() => {}));
  await happen();
  expect(engine.begun).toEqual(["a", "b"]);
  await pulumi.runtime.setMocks({ newResource: () => ({ id: "", state: {} }), call: () => ({}) });
});

/** Delays each registration of these resources. Returns the largest number of concurrent ones. */
function mostAtATime(names: RegExp): { count: number } {
  // biome-ignore lint/suspicious/noExplicitAny: the SDK's monitor is not typed
  const monitor = pulumi.runtime.getMonitor() as any;
  const register = monitor.registerResource.bind(monitor);
  const most = { count: 0 };
  let now = 0;
  // biome-ignore lint/suspicious/noExplicitAny: see above
  monitor.registerResource = (request: any, callback: (error: unknown, response: unknown) => void) => {
    if (!names.test(request.getName())) return register(request, callback);
    now += 1;
    most.count = Math.max(most.count, now);
    const done = (error: unknown, response: unknown) => {
      now -= 1;
      callback(error, response);
    };
    setTimeout(() => register(request, done), 1);
  };
  return most;
}

it("is shared by the pools of a cluster, which create all their machines even when some fail", async () => {
  const pools = { a: { count: 80, machine }, b: { count: 80, machine } };
  let [servers, joins] = [{ count: 0 }, { count: 0 }];
  const program = () => {
    servers = mostAtATime(/^mini-[ab]-\d+$/);
    joins = mostAtATime(/^mini-[ab]-join-\d+$/);
    new KubernetesCluster("mini", { ...mini, pools, concurrency: { creates: 3, joins: 80 } });
  };
  const plan = await deploy(program, [], ["mini-a-0", "mini-a-1", "mini-b-79"]);
  const made = plan.filter(({ name }) => /^mini-[ab]-(join-)?\d+$/.test(name)).length;
  // Of two batches of 64 and two of 16, at most three fit into 128 places.
  expect({ made, servers: servers.count, joins: Math.max(joins.count, 3) }).toEqual({ made: 164, servers: 3, joins: 3 });
});

it("names all problems of the limits at once", () => {
  expect(() => new ConcurrencyLimits({ creates: 0, joins: 1001 })).toThrow(
    "concurrency has 2 invalid properties:\n" +
      "  creates: 0 is not a number of workers at a time; use a whole number from 1 to 1000\n" +
      "  joins: 1001 is not a number of workers at a time; use a whole number from 1 to 1000",
  );
});
