import { readFileSync, statSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { FleetBed, PASSWORD } from "./fleet-bed.ts";

vi.setConfig({ testTimeout: 180_000, hookTimeout: 90_000 });

let bed: FleetBed;

beforeAll(async () => {
  bed = await FleetBed.start();
  bed.startController();
});
afterAll(() => bed?.stop());

const patience = { timeout: 90_000, interval: 300 };
const phases = async () => (await bed.list("clusters")).map(({ status }) => status?.phase ?? "").sort();

it("fills a pool, gives a cluster to its claim's owner alone, refills, and deletes what is given back", async () => {
  await bed.pool("ci", { size: 2, max: 4 });
  await expect.poll(phases, patience).toEqual(["Ready", "Ready"]);
  const warm = (await bed.list("clusters")).map(({ metadata }) => metadata.name);
  const file = join(bed.dir, "claimed");
  const output = await bed.command("anna", "claim", "--pool", "ci", "--for", "1h", "--kubeconfig", file);
  const name = output.split("\n").at(-1)!;
  expect(name).toMatch(/^ci-[a-z0-9]{10}$/);
  expect(readFileSync(file, "utf8")).toBe(readFileSync(join(bed.dir, "kubeconfig"), "utf8"));
  expect(statSync(file).mode & 0o777).toBe(0o600);

  const { cluster, kubeconfigSecret } = (await bed.get("clusterclaims", name))!.status as unknown as Record<string, string>;
  expect(warm).toContain(cluster);
  const mayRead = (user: string) =>
    bed.api
      .kubectl("auth", "can-i", "get", `secrets/${kubeconfigSecret}`, "-n", "fleet", `--as=${user}`)
      .catch(({ message }: Error) => message);
  expect(await mayRead("anna")).toMatch(/^yes/m);
  expect(await mayRead("ben")).toMatch(/^no$/m);

  await expect(bed.command("ben", "release", name)).rejects.toThrow('owner "anna" is not you; use "ben"');
  await expect.poll(phases, patience).toEqual(["Ready", "Ready", "Ready"]);
  await bed.command("anna", "release", name);
  await expect.poll(async () => bed.get("clusters", cluster!), patience).toBeUndefined();
  expect(await bed.stacks()).toEqual((await bed.list("clusters")).map(({ metadata }) => metadata.name).sort());
  expect(await bed.api.kubectl("get", "secrets,roles", "-n", "fleet", "-o", "name")).not.toContain(cluster);
});

it("refuses what is wrong: sizes, lifetimes, owners, a second gift, and says it in a line", async () => {
  await expect(bed.pool("wrong", { size: 3, max: 2 })).rejects.toThrow("max must be at least size");
  const lifetime = { default: "9h", maximum: "1h" };
  await expect(bed.pool("wrong", { size: 1, max: 2, claim: lifetime })).rejects.toThrow("default must not be longer than maximum");
  await expect(bed.pool("Wrong_name", { size: 1, max: 2 })).rejects.toThrow("Invalid value");
  const [cluster] = await bed.list("clusters");
  const give = (uid: string) => {
    const claim = { name: "a", uid, owner: "anna", givenAt: "2026-01-01T00:00:00Z" };
    return bed.api.kubectl(
      "patch",
      "clusters",
      cluster!.metadata.name,
      "-n",
      "fleet",
      "--type=merge",
      "-p",
      JSON.stringify({ spec: { claim } }),
    );
  };
  await give("one");
  await expect(give("two")).rejects.toThrow("a cluster is given once");
  const claim = (...args: string[]) => bed.command("ben", "claim", "--kubeconfig", join(bed.dir, "none"), ...args);
  await expect(claim("--pool", "ci", "--for", "9h")).rejects.toThrow(
    'caravan-fleet: claim: for: "9h" is longer than pool ci allows; use at most "8h"',
  );
  await expect(claim("--pool", "cy")).rejects.toThrow('caravan-fleet: claim: there is no pool "cy" in namespace fleet; it has ci');
  await expect(bed.command("ben", "claim", "--pool", "ci", "--kubeconfig", join(bed.dir, "no-folder", "file"))).rejects.toThrow("ENOENT");
  expect((await bed.list("clusterclaims")).map(({ metadata }) => metadata.name)).toEqual([]);
  const long = {
    apiVersion: "fleet.caravan.dev/v1alpha1",
    kind: "ClusterClaim",
    metadata: { name: "long", namespace: "fleet" },
    spec: { pool: "ci", owner: "anna", for: "100h" },
  };
  await expect(bed.apply(long, "--as=ben")).rejects.toThrow('owner "anna" is not you; use "ben"');
  await expect(bed.apply(long, "--as=anna")).resolves.toContain("created");
  await expect.poll(async () => (await bed.get("clusterclaims", "long"))?.status, patience).toMatchObject({ phase: "Refused" });
  await bed.api.kubectl("delete", "clusterclaims", "long", "-n", "fleet");
});

it("gives each of six claims at once a cluster of its own", async () => {
  await bed.pool("burst", { size: 2, max: 6 }, { maxRuns: 3 });
  const claims = Array.from({ length: 6 }, async (_, place) => {
    const file = join(bed.dir, `burst-${place}`);
    return (await bed.command(place % 2 ? "anna" : "ben", "claim", "--pool", "burst", "--kubeconfig", file)).split("\n").at(-1)!;
  });
  const names = await Promise.all(claims);
  const holders = (await bed.list("clusters")).flatMap(({ spec }) => spec.claim?.name ?? []).filter((name) => name.startsWith("burst-"));
  expect(holders.sort()).toEqual(names.sort());
  expect(await bed.command("ben", "pools")).toMatch(/^burst +2 +0 +0 +6 +0 +6 +0/m);
});

it("pauses a pool after three failures in a row, and tells the first error without secrets", async () => {
  await writeFile(join(bed.dir, "no-room"), "");
  await bed.pool("full", { size: 1, max: 1 });
  const pool = async () => (await bed.get("clusterpools", "full"))?.status as unknown as Record<string, unknown> | undefined;
  await expect.poll(async () => (await pool())?.pausedUntil, patience).toBeDefined();
  expect(await pool()).toMatchObject({
    failures: 3,
    ready: 0,
    message: expect.stringMatching(/no room for full-\S+: the password is \[secret\]/),
  });
  const logs = join(bed.dir, "logs");
  const texts = await Promise.all((await readdir(logs)).map((file) => readFile(join(logs, file), "utf8")));
  const runs = await bed.api.kubectl("get", "runs.fleet.caravan.dev,clusters,clusterpools", "-n", "fleet", "-o", "json");
  for (const text of [...texts, runs, bed.logged]) expect(text).not.toContain(PASSWORD);
});

it("keeps the object of a cluster whose stack is not where the Secret says", async () => {
  const [cluster] = (await bed.list("clusters")).filter(({ spec, status }) => spec.pool === ("ci" as never) && status?.phase === "Ready");
  const elsewhere = Buffer.from(`file://${bed.dir}/logs?metadata=skip`).toString("base64");
  const patch = JSON.stringify({ data: { PULUMI_BACKEND_URL: elsewhere } });
  await bed.api.kubectl("patch", "secret", "cloud", "-n", "fleet", "--type=merge", "-p", patch);
  const { name } = cluster!.metadata;
  await bed.api.kubectl("delete", "cluster", name, "-n", "fleet", "--wait=false");
  await expect.poll(async () => (await bed.get("clusters", name))?.status?.message, patience).toMatch(/was made, and is not in the store/);
  expect(await bed.stacks()).toContain(name);
});
