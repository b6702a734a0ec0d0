import * as pulumi from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { NodePool, Waves } from "../../components/index.ts";
import { Wave } from "../../components/waves.ts";
import { machine } from "../support/cluster-args.ts";
import { deploy } from "../support/deploy.ts";

/** What the engine is asked for in a wave, and when it is done. */
class Engine {
  readonly begun: string[] = [];
  readonly #ends = new Map<string, (outcome?: Error) => void>();

  /** A resource that the engine begins with when its turn comes, and whose id comes to what the engine says. */
  readonly resource = (name: string, turn: pulumi.Input<pulumi.Resource[]>): pulumi.CustomResource => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    this.#ends.set(name, (outcome) => (outcome ? reject(outcome) : resolve(`${name}-id`)));
    pulumi.output(turn).apply(() => void this.begun.push(name));
    return { id: pulumi.output(promise) } as pulumi.CustomResource;
  };

  async end(name: string, outcome?: Error): Promise<void> {
    this.#ends.get(name)!(outcome);
    await happen();
  }
}

/** Lets everything happen that can. */
const happen = () => new Promise((resolve) => setTimeout(resolve, 5));

const make = (wave: Wave, engine: Engine, names: string[], waitsFor: pulumi.Input<unknown> = "") =>
  names.map((name) => wave.make(1, waitsFor, (turn) => engine.resource(name, turn)));

it("has so many resources under way at a time, and the next ones as those end, be it in a failure", async () => {
  const [wave, engine] = [new Wave(2), new Engine()];
  make(wave, engine, ["a", "b", "c", "d"]);
  await happen();
  expect(engine.begun).toEqual(["a", "b"]);
  await engine.end("b", new Error("refused"));
  expect(engine.begun).toEqual(["a", "b", "c"]);
  await engine.end("a");
  expect(engine.begun).toEqual(["a", "b", "c", "d"]);
});

it("gives no place to what waits for something else, and lets it pass when that failed", async () => {
  const [wave, engine] = [new Wave(1), new Engine()];
  const { promise, reject } = Promise.withResolvers();
  make(wave, engine, ["late"], promise);
  make(wave, engine, ["early"]);
  await happen();
  expect(engine.begun).toEqual(["early"]);
  await engine.end("early");
  reject(new Error("no network"));
  await happen();
  expect(engine.begun).toEqual(["early", "late"]);
});

it("bounds nothing in a preview", async () => {
  await pulumi.runtime.setMocks({ newResource: () => ({ id: undefined, state: {} }), call: () => ({}) }, "caravan", "test", true);
  const [wave, engine] = [new Wave(1), new Engine()];
  make(wave, engine, ["a", "b"], new Promise(() => {}));
  await happen();
  expect(engine.begun).toEqual(["a", "b"]);
  await pulumi.runtime.setMocks({ newResource: () => ({ id: "", state: {} }), call: () => ({}) });
});

it("is shared by pools, each of which makes all of its machines, whatever becomes of some", async () => {
  const contract = { endpoint: "10.40.0.10:6443", bootstrapKubeconfig: "credential", controlPlanes: [] };
  const network = { networkId: "network", subnetId: "subnet", securityGroups: ["nodes"] };
  const ssh = { user: "debian", port: 22, privateKey: "key", keypair: "demo" };
  const common = { machine, clusterName: "demo", kubernetesVersion: "1.36.3", network, join: contract, ssh };
  const plan = await deploy(
    () => {
      const waves = new Waves({ creates: 1, joins: 1 });
      for (const pool of ["a", "b"]) new NodePool(pool, { ...common, pool, count: 40, waves });
    },
    [],
    ["a-0", "a-1", "b-39"],
  );
  const names = (type: string) => plan.filter((each) => each.type.endsWith(`:${type}`)).map(({ name }) => name);
  expect([names("Instance").length, names("Command")]).toEqual([
    80,
    ["a-contact-0", "a-contact-1", "a-join-0", "a-join-1", "b-contact-0", "b-contact-1", "b-join-0", "b-join-1"],
  ]);
});

it("names everything that is wrong with them at once", () => {
  expect(() => new Waves({ creates: 0, joins: 1001 })).toThrow(
    "waves has 2 invalid properties:\n" +
      "  creates: 0 is not a number of workers at a time; use a whole number from 1 to 1000\n" +
      "  joins: 1001 is not a number of workers at a time; use a whole number from 1 to 1000",
  );
});
