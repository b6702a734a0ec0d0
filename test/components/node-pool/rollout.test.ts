import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { NodePool, type NodePoolArgs } from "../../../components/index.ts";
import { takeIntoAccount } from "../../../operations/machines/found-machines.ts";
import { keepPools } from "../../../operations/machines/pools-of-run.ts";
import { serverUrn } from "../../../operations/machines/state-servers.ts";
import type { StackState, StateResource } from "../../../operations/state/stack-state.ts";
import { changes } from "../../support/changes.ts";
import { ID, machine } from "../../support/cluster-args.ts";
import { cloudId, deploy, type Registered } from "../../support/deploy.ts";

/** Plans of a pool of four whose machines get another image, two in a run. Each is made with the state of the plan before. */
const args: NodePoolArgs = {
  count: 4,
  machine,
  clusterName: "demo",
  pool: "web",
  kubernetesVersion: "1.36.3",
  network: { networkId: "network", subnetId: "subnet", securityGroups: ["nodes"] },
  join: {
    endpoint: "10.40.0.10:6443",
    ca: "ABC",
    controlPlanes: [{ name: "plane", id: "id", address: "10.40.0.10", hostKey: "ssh-ed25519 AAAA" }],
  },
  ssh: { user: "debian", port: 22, privateKey: "key", publicKey: "ssh-ed25519 AAAA demo" },
  upgrade: { maxSurge: 2 },
};
const network = { ...args.network, securityGroupIds: ["nodes-id"], workerPorts: true };
/** Identity of the pool, which the engine keeps. */
const owner = [{ type: "pulumi:index:Stash", name: "demo-web-owner", inputs: { input: "0123456789" } }] as unknown as Registered[];
const POOL = "urn:pulumi:test::caravan::caravan:index:NodePool::demo-web";

let said: string[];
beforeEach(() => {
  said = [];
  vi.spyOn(pulumi.log, "warn").mockImplementation(async (message) => void said.push(message));
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** Returns the state after a plan, as the engine writes it. */
function stateAfter(
  plan: readonly Registered[],
  more: (each: Registered) => Partial<StateResource> & { initErrors?: string[] } = () => ({}),
): StackState {
  const resources = plan.map((each) => {
    const { type, name, inputs, replacementTrigger } = each;
    const urn = type.endsWith(":NodePool") ? POOL : `${POOL.replace("::demo-web", "")}$${type}::${name}`;
    return { urn, type, id: `${name}-id`, parent: POOL, inputs: { __defaults: [], ...inputs }, replacementTrigger, ...more(each) };
  });
  return { deployment: { resources } };
}

const planOf = (state: StackState | undefined, more: Partial<NodePoolArgs> = {}, prepare: () => void = () => {}) =>
  deploy(async () => {
    if (state) await keepPools(async () => state).read;
    prepare();
    new NodePool("demo-web", { ...args, ...more });
  }, owner);

const newer: Partial<NodePoolArgs> = { machine: { ...machine, image: "newer" } };
const warning = (count: number, size: number, next: number, first = "") =>
  `pool web: ${count} of ${size} machines have the new image after this run${first}; ` +
  `run \`pulumi up\` again, or \`npx caravan roll test\`, for the next ${next}`;

/** Returns which servers a plan recreates. */
const recreated = (before: readonly Registered[], after: readonly Registered[]) =>
  changes([...before], [...after]).flatMap(
    (line) => /Instance demo-web-(\d+): .*(imageId|blockDevices|schedulerHints)/.exec(line)?.[1] ?? [],
  );

it("gives two servers the new image in each run, and the others what they have", async () => {
  const before = await planOf(undefined);
  const first = await planOf(stateAfter(before), newer);
  expect(changes(before, first)).toEqual([
    "~ openstack:compute/instance:Instance demo-web-0: imageId",
    "~ openstack:compute/instance:Instance demo-web-1: imageId",
  ]);
  const second = await planOf(stateAfter(first), newer);
  expect(recreated(first, second)).toEqual(["2", "3"]);
  const third = await planOf(stateAfter(second), newer);
  expect(changes(second, third)).toEqual([]);
  expect(said).toEqual([warning(2, 4, 2)]);
});

it("makes new and broken machines as they are wanted at once, and counts the broken ones", async () => {
  const before = await planOf(undefined);
  const failed = stateAfter(before, ({ name }) => (name === "demo-web-3" ? { initErrors: ["no host"] } : {}));
  const grown = await planOf(failed, { ...newer, count: 5 });
  expect([recreated(before, grown), said]).toEqual([["0", "3"], [warning(3, 5, 2, ", in which 1 other replacement comes first")]]);
  expect(grown.find(({ name }) => name === "demo-web-4")?.inputs.imageId).toBe(cloudId("image", "newer"));

  // A lost machine has a trigger of its own.
  const checked = await planOf(undefined, {}, () => takeIntoAccount({ troubles: [], triggers: new Map() }));
  const triggers = new Map([[serverUrn(POOL, "demo-web-2"), "lost"]]);
  const after = await planOf(stateAfter(checked), newer, () => takeIntoAccount({ troubles: [], triggers }));
  expect(recreated(checked, after)).toEqual(["0", "2"]);

  // One that a healing replaces by its name.
  for (const urn of [
    serverUrn(POOL, "demo-web-3"),
    serverUrn(POOL, "demo-web-3").replace("compute/instance:Instance", "networking/port:Port"),
  ]) {
    vi.stubEnv("CARAVAN_REPLACED", JSON.stringify([urn]));
    expect(recreated(before, await planOf(stateAfter(before), newer))).toEqual(["0", "3"]);
  }
});

it("replaces no further machine while as many are still to be deleted", async () => {
  const before = await planOf(undefined);
  const first = stateAfter(await planOf(stateAfter(before), newer));
  const leftovers = stateAfter(before).deployment!.resources!.filter(({ urn }) => /Instance::demo-web-[01]$/.test(urn));
  const resources = [...first.deployment!.resources!, ...leftovers.map((each) => ({ ...each, delete: true }))];
  said = [];
  const again = await planOf({ deployment: { resources } }, newer);
  expect(again.map(({ inputs }) => inputs.imageId).filter((image) => image === cloudId("image", "newer"))).toHaveLength(2);
  expect(said).toEqual([warning(2, 4, 2, ", in which 2 other replacements come first")]);
});

it("does the same for a pool that shrinks, for volumes and for server groups", async () => {
  const before = await planOf(undefined);
  const shrunk = await planOf(stateAfter(before), { ...newer, count: 3, upgrade: { maxSurge: "50%" } });
  expect([recreated(before, shrunk), said]).toEqual([["0"], [warning(1, 3, 1)]]);
  const volume = { machine: { ...machine, volume: { size: 20 }, serverGroup: { id: ID } } };
  const first = await planOf(stateAfter(before), volume);
  expect(recreated(before, first)).toEqual(["0", "1"]);
  expect(said.at(-1)).toMatch(/^pool web: 2 of 4 machines have the new volume and server group after this run; /);
  // Back again: the first two are recreated, and the others had never changed.
  expect(recreated(first, await planOf(stateAfter(first)))).toEqual(["0", "1"]);
});

it("keeps the ports of machines that stay, whatever the state's order of properties is", async () => {
  const own = { network, machine: { ...machine, volume: { size: 20 } } };
  const before = await planOf(undefined, own);
  const sorted = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(sorted)
      : typeof value === "object" && value !== null
        ? Object.fromEntries(
            Object.entries(value)
              .sort()
              .map(([key, each]) => [key, sorted(each)]),
          )
        : value;
  const state = stateAfter(before, ({ inputs }) => ({ inputs: sorted(inputs) as Record<string, unknown> }));
  const first = await planOf(state, { ...own, machine: { ...own.machine, image: "newer" } });
  const triggers = (plan: readonly Registered[]) =>
    plan.flatMap(({ type, replacementTrigger }) => (type.endsWith(":Port") ? [replacementTrigger] : []));
  expect(triggers(first).map((trigger, key) => trigger !== triggers(before)[key])).toEqual([true, true, false, false]);
  expect(recreated(before, first)).toEqual(["0", "1"]);
});

it("replaces all machines at once with the limit 100%, in another network, and without a state", async () => {
  const before = await planOf(undefined);
  const all = ["0", "1", "2", "3"];
  expect(recreated(before, await planOf(stateAfter(before), { ...newer, upgrade: { maxSurge: "100%" } }))).toEqual(all);
  expect(recreated(before, await planOf(stateAfter(before), { ...newer, network: { ...args.network, networkId: "other" } }))).toEqual(all);
  expect(recreated(before, await planOf(stateAfter(before), { ...newer, network }))).toEqual(all);
  expect(recreated(before, await planOf(undefined, newer))).toEqual(all);
  expect(said).toEqual([]);
  const unread = deploy(async () => {
    await keepPools(async () => Promise.reject(new Error("no backend"))).read;
    new NodePool("demo-web", { ...args, ...newer });
  }, owner);
  expect(recreated(before, await unread)).toEqual(all);
  expect(said).toEqual([
    "the stack's state was not read, so a pool whose image has changed is replaced all at once, with twice its quota: no backend",
  ]);
});
