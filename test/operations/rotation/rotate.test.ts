import { expect, it } from "vitest";
import { clusterWide, isSamePhase, type Keyring, phaseOf } from "../../../lib/rotation/keyrings.ts";
import type { RotationSettings } from "../../../lib/rotation/settings.ts";
import type { RotatableStack } from "../../../operations/rotation/rotatable-stack.ts";
import { type RotateOptions, rotate } from "../../../operations/rotation/rotate.ts";
import { resource, stateOf } from "../../support/stack-state.ts";

const KEY = "caravan:certificates";

/** Stack whose runs bring the configured phases to its machines. It is killed at a given call. */
class FakeStack implements RotatableStack {
  rotation: RotationSettings = {};
  begun: RotationSettings = {};
  done: RotationSettings = {};
  /** Phases that pools and the network plugin have, too. */
  everywhere: RotationSettings = {};
  modified = "2020-01-01T00:00:00Z";
  killedAt = Number.POSITIVE_INFINITY;
  readonly ups: RotationSettings[] = [];
  #calls = 0;

  /** Counts a change. A killed one is made or not, as given by its parity. */
  #change(apply: () => void): void {
    this.#calls++;
    if (this.#calls === this.killedAt) throw new Error("killed before");
    apply();
    if (this.#calls + 0.5 === this.killedAt) throw new Error("killed after");
  }

  async exportStack() {
    const stash = (name: string, input: RotationSettings) => resource("Stash", name, { inputs: { input }, modified: this.modified });
    const cluster = { urn: "urn:pulumi:test::caravan::caravan:index:KubernetesCluster::demo", type: "caravan:index:KubernetesCluster" };
    return stateOf([
      cluster,
      resource("Command", "demo-control-plane-members"),
      stash("demo-pki-rotation", this.begun),
      stash("demo-control-plane-rotation", this.done),
      stash("demo-rotation", this.everywhere),
    ]);
  }

  async up() {
    this.#change(() => {
      this.begun = structuredClone(this.rotation);
    });
    this.#change(() => {
      this.done = structuredClone(this.begun);
      this.ups.push(this.done);
    });
    this.#change(() => {
      this.everywhere = clusterWide(this.done);
    });
  }

  async getAllConfig() {
    return { [KEY]: { value: JSON.stringify({ validity: "720h", rotation: this.rotation }) } };
  }

  async setAllConfig(values: Record<string, { value: string }>, path?: boolean) {
    expect(path).toBe(true);
    this.#change(() => {
      for (const [name, { value }] of Object.entries(values)) {
        const [, keyring, property, index] = new RegExp(`^${KEY}\\.rotation\\.(\\w+)\\.(use|trust)(?:\\[(\\d)\\])?$`).exec(name)!;
        this.rotation[keyring as Keyring] ??= { use: 0, trust: [] };
        const phase = this.rotation[keyring as Keyring]!;
        if (property === "use") phase.use = Number(value);
        else phase.trust[Number(index)] = Number(value);
      }
    });
  }

  async removeConfig(name: string, path?: boolean) {
    expect(path).toBe(true);
    const [, keyring, index] = new RegExp(`^${KEY}\\.rotation\\.(\\w+)\\.trust\\[(\\d)\\]$`).exec(name)!;
    this.#change(() => void this.rotation[keyring as Keyring]!.trust.splice(Number(index), 1));
  }
}

const phase = (use: number, ...trust: number[]) => ({ use, trust });
const STEPS = [phase(1, 1, 2), phase(2, 1, 2), phase(2, 2)];

async function run(stack: FakeStack, keyring: Keyring = "encryptionKey", options: RotateOptions = {}) {
  const messages: string[] = [];
  const result = await rotate(stack, keyring, { onMessage: (message) => messages.push(message), ...options });
  return { ...result, messages };
}

it("trusts a new generation, uses it and drops the old one, by a run each", async () => {
  const stack = new FakeStack();
  const { from, steps, messages } = await run(stack);
  expect([from, steps, stack.ups.map((up) => up.encryptionKey)]).toEqual([phase(1, 1), STEPS, STEPS]);
  expect(messages).toEqual([
    "encryptionKey: { use: 1, trust: [1, 2] }, generation 1 is used, and 2 is trusted, too",
    "encryptionKey: { use: 2, trust: [1, 2] }, generation 2 is used, and 1 is trusted, too",
    "encryptionKey: { use: 2, trust: [2] }, only generation 2 is trusted",
    "encryptionKey: step 1 of 3, { use: 1, trust: [1, 2] }: pulumi up",
    "encryptionKey: step 2 of 3, { use: 2, trust: [1, 2] }: pulumi up",
    "encryptionKey: step 3 of 3, { use: 2, trust: [2] }: pulumi up",
  ]);
});

it("takes the next step of the cluster's CA only when workers have the one before, wherever a run was killed", async () => {
  for (let killedAt = 1; killedAt <= 16; killedAt += 0.5) {
    const stack = new FakeStack();
    stack.killedAt = killedAt;
    await run(stack, "clusterCa").catch(() => {});
    await run(stack, "clusterCa", { generation: 2 });
    expect([stack.done.clusterCa, stack.everywhere.clusterCa]).toEqual([phase(2, 2), phase(2, 2)]);
    const phases = stack.ups.map((up) => up.clusterCa!);
    expect(phases.filter((each, index) => index === 0 || !isSamePhase(each, phases[index - 1]!))).toEqual(STEPS);
  }
});

it("only tells the steps of a plan", async () => {
  const stack = new FakeStack();
  expect(await run(stack, "frontProxyCa", { planOnly: true })).toMatchObject({ steps: STEPS });
  expect([stack.ups, stack.rotation]).toEqual([[], {}]);
});

it("begins the next rotation where the last one ended, and leaves other keys", async () => {
  const stack = new FakeStack();
  await run(stack, "frontProxyCa");
  const { steps } = await run(stack);
  await run(stack, "frontProxyCa");
  expect(steps).toEqual(STEPS);
  expect(stack.done).toEqual({ frontProxyCa: phase(3, 3), encryptionKey: phase(2, 2) });
});

it("goes on from any point at which it was killed, to the same end", async () => {
  // Three changes of the configuration, and three runs of two changes each; killed before or after each.
  for (let killedAt = 1; killedAt <= 9; killedAt += 0.5) {
    const stack = new FakeStack();
    stack.killedAt = killedAt;
    await expect(run(stack, "encryptionKey", { generation: 2 })).rejects.toThrow("killed");
    stack.killedAt = Number.POSITIVE_INFINITY;
    await run(stack, "encryptionKey", { generation: 2 });
    expect([stack.done, stack.rotation]).toEqual([{ encryptionKey: phase(2, 2) }, { encryptionKey: phase(2, 2) }]);
    // A run that was killed may be repeated, and none is left out.
    expect([...new Set(stack.ups.map((up) => JSON.stringify(phaseOf(up, "encryptionKey"))))]).toEqual(
      STEPS.map((step) => JSON.stringify(step)),
    );
  }
});

it("does nothing when the named generation is reached already, and refuses an older one", async () => {
  const stack = new FakeStack();
  await run(stack);
  const { steps, messages } = await run(stack, "encryptionKey", { generation: 2 });
  expect([steps, messages]).toEqual([[], ["encryptionKey: { use: 2, trust: [2] }, nothing to do"]]);
  await expect(run(stack, "encryptionKey", { generation: 1 })).rejects.toThrow(
    "generation 1 cannot be reached from { use: 2, trust: [2] }; give a newer one than 2",
  );
});

it("waits until the tokens of the former key of service accounts have ended", async () => {
  const stack = new FakeStack();
  const now = new Date();
  stack.modified = now.toISOString();
  const waits: number[] = [];
  const { messages } = await run(stack, "serviceAccountKey", { wait: async (milliseconds) => void waits.push(milliseconds) });
  expect(waits).toHaveLength(1);
  expect(waits[0]).toBeGreaterThan(3_690_000);
  expect(waits[0]).toBeLessThanOrEqual(3_700_000);
  expect(messages.at(-2)).toBe(
    `serviceAccountKey: waits until ${new Date(now.getTime() + 3_700_000).toISOString()}, when the tokens of the former key have ended`,
  );
});

it("stops when a run does not bring the phase to the machines", async () => {
  const stack = new FakeStack();
  stack.up = async () => {};
  await expect(run(stack)).rejects.toThrow(
    "pulumi up has not brought encryptionKey to { use: 1, trust: [1, 2] }, but to { use: 1, trust: [1] }: the program does not pass certificates.rotation on; see that it does, or give options.configuration",
  );
});

it("refuses a key that cannot be rotated, and a stack without a cluster", async () => {
  await expect(rotate(new FakeStack(), "sshKey" as Keyring)).rejects.toThrow(
    '"sshKey" is no key that can be rotated; use encryptionKey, serviceAccountKey, frontProxyCa, etcdCa, clusterCa, ciliumEtcdCa',
  );
  const empty = new FakeStack();
  empty.exportStack = async () => stateOf([]);
  await expect(rotate(empty, "encryptionKey")).rejects.toThrow("the stack has no cluster that runs; run pulumi up first");
});
