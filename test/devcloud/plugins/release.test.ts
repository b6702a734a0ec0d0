import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { provide } from "../../../devcloud/toolchain/provide.ts";
import { ApiServer } from "./support/api-server.ts";
import { Stack } from "./support/stack.ts";
import { writeTinyChart } from "./support/tiny-chart.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let stack: Stack;
let server: ApiServer;
beforeAll(async () => {
  const { helm } = await provide(["helm"]);
  server = await ApiServer.start();
  stack = await Stack.create({}, [helm]);
  await writeTinyChart(stack.dir);
});
afterAll(async () => {
  await stack.remove();
  await server.stop();
});

function program(args: string): string {
  return `import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
const provider = new kubernetes.Provider("provider", { kubeconfig: pulumi.secret(${JSON.stringify(server.kubeconfig)}) });
new kubernetes.helm.v3.Release("tiny", ${args}, { provider });`;
}

test("the state is what the official plugin writes", async () => {
  const tiny = program('{ name: "tiny", namespace: "default", chart: "./chart", values: { a: 1 } }');
  const start = Date.now();
  console.log(await stack.up(tiny), Date.now() - start);
  console.log(JSON.stringify(await stack.resource("kubernetes:helm.sh/v3:Release"), null, 1));
  console.log(await stack.preview(tiny));
  console.log(await stack.pulumi("destroy", "--yes", "--skip-preview"));
});
