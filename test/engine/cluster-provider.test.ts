import { once } from "node:events";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { repositoryDir } from "../../devcloud/support/paths.ts";
import { ApiServer } from "./support/api-server.ts";
import { Relay } from "./support/relay.ts";
import { Stack } from "./support/stack.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let server: ApiServer;
let relay: Relay;
let stack: Stack;
/** Kubeconfig with which the API can be reached only while the relay is open. */
let kubeconfig: string;

beforeAll(async () => {
  server = await ApiServer.start(["namespace-controller", "garbage-collector-controller"]);
  const port = Number(/127\.0\.0\.1:(\d+)/.exec(server.kubeconfig)![1]);
  relay = await Relay.to(port);
  kubeconfig = server.kubeconfig.replace(`:${port}`, `:${relay.port}`);
  stack = await Stack.create();
});
afterAll(async () => {
  relay?.close();
  await stack?.remove();
  await server?.stop();
});

/** Makes a program in which a command stands for the start of the last control plane: it ends when the API answers. */
function program(provider: string, trigger = 1): string {
  return `import * as command from "@pulumi/command";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { ClusterProvider } from "${repositoryDir}/components/cluster-provider.ts";
const lifetime = new pulumi.Stash("lifetime", { input: "any" });
const create = "touch starting; until test -e started; do sleep 0.1; done";
const ready = new command.local.Command("ready", { create, triggers: [${trigger}] });
const kubeconfig = pulumi.secret(${JSON.stringify(kubeconfig)});
const provider = ${provider};
const options = { provider, dependsOn: ready, deletedWith: lifetime };
new kubernetes.core.v1.ConfigMap("own", { metadata: { name: "own" }, data: { a: "1" } }, options);`;
}
const early = 'new kubernetes.Provider("early", { kubeconfig })';
const own = 'new ClusterProvider("cluster", { kubeconfig, ready: ready.id, lifetime })';

/** Runs a program. The API answers only some time after the program has begun. */
async function upWhileStarting(source: string): Promise<number | null> {
  for (const file of ["starting", "started"]) rmSync(join(stack.dir, file), { force: true });
  relay.close();
  const update = await stack.start(source);
  const ended = once(update, "exit");
  await expect.poll(() => existsSync(join(stack.dir, "starting")), { timeout: 30_000 }).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, 2000)); // enough time to configure a provider
  await relay.open();
  writeFileSync(join(stack.dir, "started"), "");
  const [code] = await ended;
  return code;
}

const types = async () => (await stack.resources()).map(({ type }) => type);

it("creates objects in a cluster that starts in the same run, while a provider with only the kubeconfig cannot", async () => {
  expect(await upWhileStarting(program(early))).toBe(1);
  expect(await types()).not.toContain("kubernetes:core/v1:ConfigMap");
  await stack.pulumi("destroy", "--yes", "--skip-preview");
  expect(await upWhileStarting(program(own))).toBe(0);
  expect(await server.kubectl("get", "configmap", "own", "-o=jsonpath={.data.a}")).toBe("1");
  expect(await stack.preview(program(own))).toContain("5 unchanged");
});

it("previews no replacement of the cluster's objects when the last control plane is replaced", async () => {
  const preview = await stack.preview(program(own, 2));
  expect(preview).toMatch(/Resources:\n +~ 2 to update\n +\+-1 to replace\n +3 changes\. 2 unchanged/);
  expect(preview).not.toMatch(/kubernetes:\S+: \(replace\)/);
  expect(await upWhileStarting(program(own, 2))).toBe(0);
  expect(await server.kubectl("get", "configmap", "own", "-o=jsonpath={.data.a}")).toBe("1");
});

it("reports in a refresh that the cluster is unreachable, and destroys objects that are deleted with it without a request", async () => {
  relay.close();
  await expect(stack.pulumi("refresh", "--yes", "--skip-preview")).rejects.toThrow(
    "failed to read resource state due to unreachable cluster. If the cluster was deleted, you can remove this resource from Pulumi state by rerunning",
  );
  await stack.pulumi("destroy", "--yes", "--skip-preview");
  expect(await stack.resources()).toEqual([]);
});
