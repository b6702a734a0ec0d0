import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { processesOfRun } from "../../../fleet/runs/processes.ts";
import { FleetBed } from "../../engine/fleet/fleet-bed.ts";

vi.setConfig({ testTimeout: 180_000, hookTimeout: 90_000 });

/** Seconds for which a program works, so that it can be killed while it does. */
const WORK = 5;

const patience = { timeout: 90_000, interval: 300 };
let bed: FleetBed;

beforeAll(async () => {
  bed = await FleetBed.start();
  await bed.pool("ci", { size: 1, max: 3, grace: "0s" }, { seconds: WORK });
});
afterAll(() => bed?.stop());

const clusters = async () => (await bed.list("clusters")).map(({ metadata }) => metadata.name);

/** Waits for a cluster's run to be at work, and returns its name. */
async function running(operation: string): Promise<{ run: string; cluster: string; pid: number }> {
  const found = async () =>
    (await bed.list("runs.fleet.caravan.dev")).find(({ spec, status }) => spec.operation === operation && status?.phase === "Running");
  await expect.poll(found, patience).toBeDefined();
  const { metadata, spec, status } = (await found())!;
  return { run: metadata.name, cluster: String(spec.cluster), pid: status!.process!.pid };
}

/** Waits until the engine of a run works, and holds the stack's lock. */
async function working(run: string): Promise<void> {
  await expect.poll(() => readFileSync(join(bed.dir, "logs", `${run}.log`), "utf8"), patience).toContain("creating");
}

it("adopts the run that goes on when the controller is killed, and does a killed run again, with all its processes gone", async () => {
  bed.startController();
  const first = await running("up");
  await bed.killController();
  bed.startController();
  await expect.poll(async () => (await bed.get("clusters", first.cluster))?.status?.phase, patience).toBe("Ready");
  expect(await bed.runs(first.cluster)).toEqual(["up 1 Succeeded"]);

  await bed.api.kubectl("scale", "clusterpool", "ci", "-n", "fleet", "--replicas=2");
  const second = await running("up");
  await working(second.run);
  process.kill(second.pid, "SIGKILL");
  await expect.poll(async () => (await bed.get("clusters", second.cluster))?.status?.phase, patience).toBe("Ready");
  expect(await bed.runs(second.cluster)).toEqual(["up 1 Lost", "up 2 Succeeded"]);
  await expect.poll(() => processesOfRun(second.run)).toEqual([]);
});

it("deletes within a minute of its start what has ended while it was down, also when the run that deletes is killed", async () => {
  const given = await bed.command("anna", "claim", "--pool", "ci", "--for", "20s", "--kubeconfig", join(bed.dir, "claimed"));
  const { cluster } = (await bed.get("clusterclaims", given.split("\n").at(-1)!))!.status as unknown as { cluster: string };
  await bed.killController();
  await setTimeout(21_000);
  expect((await bed.get("clusters", cluster))?.metadata.deletionTimestamp).toBeUndefined();
  const start = Date.now();
  bed.startController();
  const deletion = await running("destroy");
  expect(deletion.cluster).toBe(cluster);
  expect(Date.now() - start).toBeLessThan(60_000);
  process.kill(deletion.pid, "SIGKILL");
  await expect.poll(clusters, patience).not.toContain(cluster);
  expect((await bed.runs(cluster)).slice(0, 2)).toEqual(["destroy 1 Lost", "destroy 2 Succeeded"]);
  expect(await bed.stacks()).not.toContain(cluster);
  expect(bed.logged).not.toContain("failed:");
});

it("ends an `up` whose cluster is deleted, and removes what it has made", async () => {
  await bed.api.kubectl("scale", "clusterpool", "ci", "-n", "fleet", "--replicas=3");
  const { run, cluster } = await running("up");
  await working(run);
  await bed.api.kubectl("scale", "clusterpool", "ci", "-n", "fleet", "--replicas=2");
  await expect.poll(clusters, patience).not.toContain(cluster);
  expect(await bed.runs(cluster)).toEqual(["destroy 1 Succeeded", "up 1 Stopped"]);
  await expect.poll(() => processesOfRun(run)).toEqual([]);
});

it("lets a run go on while the management API is away, and takes its end when it is back", async () => {
  await bed.api.kubectl("scale", "clusterpool", "ci", "-n", "fleet", "--replicas=3");
  const { run, cluster } = await running("up");
  await working(run);
  bed.relay.close();
  const log = () => readFileSync(join(bed.dir, "logs", `${run}.log`), "utf8");
  await expect.poll(log, patience).toContain("it is tried again: ");
  expect(await bed.runs(cluster)).toEqual(["up 1 Running"]);
  await bed.relay.open();
  await expect.poll(async () => (await bed.get("clusters", cluster))?.status?.phase, patience).toBe("Ready");
  expect(await bed.runs(cluster)).toEqual(["up 1 Succeeded"]);
  await bed.api.kubectl("scale", "clusterpool", "ci", "-n", "fleet", "--replicas=2");
  await expect.poll(async () => (await clusters()).length, patience).toBe(2);
});

it("converges whatever is killed, and gives no cluster twice", async () => {
  for (let round = 0; round < 2; round += 1) {
    const claim = bed.command("anna", "claim", "--pool", "ci", "--kubeconfig", join(bed.dir, "claimed"));
    await setTimeout(1000 + Math.random() * 6000);
    if (round % 2) await bed.killController();
    else for (const { status } of await bed.list("runs.fleet.caravan.dev")) if (status?.phase === "Running") kill(status.process!.pid);
    if (round % 2) bed.startController();
    await bed.command("anna", "release", (await claim).split("\n").at(-1)!);
  }
  const state = async () => {
    const all = await bed.list("clusters");
    return all.map(({ spec, status }) => `${status?.phase}${spec.claim ? " held" : ""}`);
  };
  await expect.poll(state, { timeout: 120_000, interval: 500 }).toEqual(["Ready", "Ready"]);
  expect((await bed.stacks()).sort()).toEqual((await clusters()).sort());
  const gifts = [...bed.logged.matchAll(/gives cluster (\S+)/g)].map(([, cluster]) => cluster);
  expect(gifts).toHaveLength(3);
  expect(new Set(gifts).size).toBe(3);
});

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended meanwhile.
  }
}
