import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { FleetBed } from "./fleet-bed.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 90_000 });

let bed: FleetBed;

beforeAll(async () => {
  bed = await FleetBed.start();
  bed.startController();
});
afterAll(() => bed?.stop());

const phases = async () => (await bed.list("clusters")).map(({ status }) => status?.phase ?? "").sort();
const patience = { timeout: 60_000, interval: 500 };

it("fills a pool, gives a cluster to its claim's owner alone, refills, and deletes what is given back", async () => {
  await bed.pool("ci", { size: 2, max: 4 });
  await expect.poll(phases, patience).toEqual(["Ready", "Ready"]);
  const file = join(bed.dir, "claimed");
  const claim = await bed.command("anna", "claim", "--pool", "ci", "--for", "1h", "--kubeconfig", file);
  expect(claim).toMatch(/ci-[a-z0-9]{10}$/);
  expect(bed.logged).toBe("");
});
