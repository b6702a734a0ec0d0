import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { ApiServer } from "./support/api-server.ts";
import { comparable, officialState } from "./support/official-state.ts";
import { Stack } from "./support/stack.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let stack: Stack;
let server: ApiServer;
beforeAll(async () => {
  server = await ApiServer.start();
  stack = await Stack.create();
});
afterAll(async () => {
  await stack?.remove();
  await server?.stop();
});

function program(resources: string): string {
  return `import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
const provider = new kubernetes.Provider("provider", { kubeconfig: pulumi.secret(${JSON.stringify(server.kubeconfig)}) });
const { ConfigMap, Namespace, Secret } = kubernetes.core.v1;
${resources}`;
}

test("the state of plain objects is what the official plugin writes", async () => {
  const objects = program(`new Namespace("ns", { metadata: { name: "state" } }, { provider });
new ConfigMap("cm", { data: { n: "1" } }, { provider });`);
  await stack.up(objects);
  for (const type of ["pulumi:providers:kubernetes", "kubernetes:core/v1:Namespace", "kubernetes:core/v1:ConfigMap"])
    expect(comparable(await stack.resource(type))).toEqual(officialState(type));
  expect(await stack.preview(objects)).toContain("4 unchanged");
});
