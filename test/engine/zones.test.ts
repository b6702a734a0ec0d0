import { afterAll, beforeAll, expect, it } from "vitest";
import { FakeCloud } from "../fake-openstack/fake-cloud.ts";
import { EngineStack } from "./engine-stack.ts";

const MILLISECONDS = 240_000;
const INSTANCE = "openstack:compute/instance:Instance";

const cloud = new FakeCloud();
let stack: EngineStack;

const configure = (workers: number, zones: string[]) =>
  stack.configure({ "scale:workers": workers, "scale:controlPlanes": 1, "scale:zones": zones });

beforeAll(async () => {
  await cloud.start();
  stack = await EngineStack.create(cloud, { config: {} });
}, MILLISECONDS);

afterAll(async () => {
  await stack?.remove();
  cloud.stop();
});

/** Lists the zones of the workers by their keys. */
function zones(): Record<string, string> {
  const workers = cloud.nova.servers.store.all.flatMap(({ name, zone }) => {
    const [, key] = /^scale-workers-(\d+)-/.exec(name) ?? [];
    return key === undefined ? [] : [[key, zone] as const];
  });
  return Object.fromEntries(workers);
}

it(
  "spreads workers over zones, and moves none when a zone is added, but for one that is replaced",
  async () => {
    await configure(3, ["a", "b"]);
    await stack.up();
    expect(zones()).toEqual({ 0: "a", 1: "b", 2: "a" });
    const before = cloud.nova.servers.store.all.map(({ id }) => id);

    await configure(4, ["a", "b", "c"]);
    await stack.up(["--refresh"]);
    expect(zones()).toEqual({ 0: "a", 1: "b", 2: "a", 3: "a" });
    expect(cloud.nova.servers.store.all.map(({ id }) => id)).toEqual(expect.arrayContaining(before));

    await stack.up(["--replace", await stack.urn(INSTANCE, "scale-workers-2")]);
    expect(zones()).toEqual({ 0: "a", 1: "b", 2: "c", 3: "a" });
  },
  MILLISECONDS,
);
