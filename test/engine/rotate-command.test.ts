import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { repositoryDir } from "../../devcloud/support/paths.ts";
import { run } from "../../devcloud/support/run.ts";
import { Stack } from "./support/stack.ts";

let stack: Stack;
beforeAll(async () => {
  stack = await Stack.create();
});
afterAll(() => stack?.remove());

/** Program with the keys of a cluster, whose machines have each phase at once. */
const PROGRAM = `
  import * as pulumi from "@pulumi/pulumi";
  import { ClusterPki } from ${JSON.stringify(`${repositoryDir}components/index.ts`)};
  const { rotation = {} } = JSON.parse(new pulumi.Config("caravan").get("certificates") ?? "{}");
  const cluster = new pulumi.ComponentResource("caravan:index:KubernetesCluster", "demo");
  const pki = new ClusterPki("demo-pki", { clusterName: "demo", rotation }, { parent: cluster });
  const members = new pulumi.Stash("demo-control-plane-members", { input: 1 }, { parent: cluster, dependsOn: pki });
  if (Object.keys(rotation).length > 0) new pulumi.Stash("demo-control-plane-rotation", { input: rotation }, { parent: cluster, dependsOn: members });`;

async function rotate(...options: string[]): Promise<string[]> {
  const command = [join(repositoryDir, "commands/main.ts"), "rotate", "test", "frontProxyCa", "--cwd", stack.dir, ...options];
  const printed = await run("bash", ["-c", 'exec "$@" 2>&1', "bash", process.execPath, ...command], {
    deadline: 120,
    env: stack.env,
  });
  return printed.split("\n").filter((line) => line.startsWith("frontProxyCa: "));
}

const configured = async () => JSON.parse(await stack.pulumi("config", "get", "caravan:certificates"));

it("rotates a key of a stack by its configuration, and keeps what else is in it", async () => {
  await stack.pulumi("config", "set", "--path", "caravan:certificates.validity", "720h");
  await stack.up(PROGRAM);
  const steps = [
    "frontProxyCa: { use: 1, trust: [1, 2] }, generation 1 is used, and 2 is trusted, too",
    "frontProxyCa: { use: 2, trust: [1, 2] }, generation 2 is used, and 1 is trusted, too",
    "frontProxyCa: { use: 2, trust: [2] }, only generation 2 is trusted",
  ];
  expect(await rotate("--plan")).toEqual(steps);
  expect(await configured()).toEqual({ validity: "720h" });
  expect((await rotate()).slice(3)).toEqual([
    "frontProxyCa: step 1 of 3, { use: 1, trust: [1, 2] }: pulumi up",
    "frontProxyCa: step 2 of 3, { use: 2, trust: [1, 2] }: pulumi up",
    "frontProxyCa: step 3 of 3, { use: 2, trust: [2] }: pulumi up",
    "frontProxyCa: rotated",
  ]);
  expect(await configured()).toEqual({ validity: "720h", rotation: { frontProxyCa: { use: 2, trust: [2] } } });
  expect(await rotate("--generation", "2")).toEqual(["frontProxyCa: { use: 2, trust: [2] }, nothing to do"]);
}, 240_000);
