import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { repositoryDir } from "../../../devcloud/support/paths.ts";
import { run } from "../../../devcloud/support/run.ts";
import { createCa } from "../../../lib/pki/certificates.ts";
import { EngineStack } from "../../engine/engine-stack.ts";
import { killDescendants } from "../../engine/processes.ts";
import { imagesOf, mostServers, POOL_PROGRAM } from "../../engine/support/pool-steps.ts";
import { FakeCloud } from "../../fake-openstack/fake-cloud.ts";
import { node } from "../../support/cluster-objects.ts";
import { FakeKubernetesApi } from "../../support/kubernetes-api.ts";

/** The command with the real engine, a fake cloud and an API in which each machine is a Node. */
const cloud = new FakeCloud({ settings: { buildSeconds: 0.2, deleteSeconds: 0.2, images: ["node", "newer"] } });
let config: Record<string, unknown>;
let api: FakeKubernetesApi;
let stack: EngineStack;
let kubelets: NodeJS.Timeout;

beforeAll(async () => {
  await cloud.start();
  const ca = await createCa("kubernetes");
  api = await FakeKubernetesApi.start(ca);
  kubelets = setInterval(
    () =>
      api.answers.set(
        "/api/v1/nodes",
        cloud.nova.servers.store.all.map(({ name }) => node(name)),
      ),
    50,
  );
  const access = { ca: ca.certificate, kubeconfig: api.kubeconfig };
  config = { "steps:count": 3, "steps:maxSurge": 1, "steps:machine": { image: "node" }, "steps:api": access };
  stack = await EngineStack.create(cloud, { program: POOL_PROGRAM, config });
  await stack.up();
}, 300_000);
afterAll(async () => {
  clearInterval(kubelets);
  await stack?.remove();
  await api?.stop();
  cloud.stop();
});

/** Runs the bin, and returns what it prints, without the times of steps. */
async function roll(...options: string[]): Promise<string[]> {
  const { workDir, stack: name, environment } = stack.place;
  const command = [join(repositoryDir, "commands/main.ts"), "roll", name, "--cwd", workDir, ...options];
  const printed = await run("bash", ["-c", 'exec "$@" 2>&1', "bash", process.execPath, ...command], {
    deadline: 300,
    env: { ...environment },
  });
  return printed
    .trim()
    .split("\n")
    .map((line) => line.replace(/ \(\d+ s\)$/, ""));
}

const plan = (...keys: number[]) => ["pool web:", ...keys.map((key, index) => `  run ${index + 1}: steps-web-${key}`)];

it("tells the steps, is killed in the first, and takes the others when it is called again", async () => {
  await stack.configure({ ...config, "steps:machine": { image: "newer" } });
  expect(await roll("--plan")).toEqual(plan(0, 1, 2));
  const most = await mostServers(cloud, async () => {
    const killed = roll().catch(() => "killed");
    while (cloud.nova.servers.store.all.length < 4) await setTimeout(5);
    killDescendants(process.pid);
    expect(await killed).toBe("killed");
    await stack.command(["cancel", "--yes"]);
    // Its lease of healing ends by itself.
    api.answers.delete("/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/caravan-heal");
    const said = await roll();
    expect(said.at(-1)).toMatch(/^done in [34] runs$/);
    expect(said.filter((line) => line.startsWith("run ")).slice(-2)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^run \d, pulumi up: pool web: steps-web-2$/)]),
    );
  });
  expect([most, imagesOf(cloud)]).toEqual([4, { 0: "newer", 1: "newer", 2: "newer" }]);
  expect(await roll()).toEqual(["no machine of a pool has another image than it should have"]);
}, 600_000);
