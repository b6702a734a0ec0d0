import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { provide } from "../../../../devcloud/toolchain/provide.ts";
import { ApiServer } from "../support/api-server.ts";
import { comparable, officialState } from "../support/official-state.ts";
import { Stack } from "../support/stack.ts";
import { writeTinyChart } from "../support/tiny-chart.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const TYPE = "kubernetes:helm.sh/v3:Release";

// Nothing schedules pods here, so a chart with one never becomes ready.
const neverReady = `{{ if .Values.pod }}
apiVersion: v1
kind: Pod
metadata: { name: {{ .Release.Name }} }
spec: { containers: [{ name: a, image: a }] }
{{ end }}`;

let stack: Stack;
let server: ApiServer;
let helm: string;
beforeAll(async () => {
  helm = (await provide(["helm"])).helm;
  server = await ApiServer.start();
  stack = await Stack.create({}, [helm]);
  await writeTinyChart(stack.dir, { neverReady });
});
afterAll(async () => {
  await stack?.remove();
  await server?.stop();
});

function program(args: string): string {
  return `import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
const provider = new kubernetes.Provider("provider", { kubeconfig: pulumi.secret(${JSON.stringify(server.kubeconfig)}) });
new kubernetes.helm.v3.Release("tiny", { name: "tiny", namespace: "default", chart: "./chart", ${args} }, { provider });`;
}

test("the state is what the official plugin writes, and a second run has no changes", async () => {
  const tiny = program("values: { a: 1 }");
  await stack.up(tiny);
  expect(comparable(await stack.resource(TYPE))).toEqual(officialState(TYPE));
  expect(await stack.preview(tiny)).toContain("3 unchanged");
});

test("an update upgrades the release; secret values stay secret", async () => {
  await stack.up(program('values: { a: pulumi.secret("s3cr3t-v4lue") }'));
  expect(await server.kubectl("get", "configmap", "tiny", "-o=jsonpath={.data.a}")).toBe("s3cr3t-v4lue");
  expect(await stack.backend()).not.toContain("s3cr3t-v4lue");
  expect((await stack.resource(TYPE)).outputs.status).toMatchObject({ revision: 2, status: "deployed" });
});

test("a release that does not become ready is kept, and the next update makes it good", async () => {
  const output = await stack.failingUp(program("values: { a: 2, pod: true }, timeout: 2"));
  expect(output).toContain('Helm release "default/tiny" failed to initialize completely: helm upgrade: exit status 1');
  expect((await stack.resource(TYPE)).outputs.status).toMatchObject({ revision: 3, status: "failed" });
  await stack.up(program("values: { a: 3 }, timeout: 2"));
  expect((await stack.resource(TYPE)).outputs.status).toMatchObject({ revision: 4, status: "deployed" });
  await stack.pulumi("destroy", "--yes", "--skip-preview");
  expect(await server.kubectl("get", "configmap,secret", "-o=name", "--field-selector=metadata.name!=kube-root-ca.crt")).toBe("");
});

test("an installation whose engine was killed ends, and is taken up again", async () => {
  const update = await stack.start(program("values: { a: 4, pod: true }"));
  await untilReleaseIs("pending-install");
  update.kill("SIGKILL");
  await once(update, "exit");
  await untilReleaseIs("failed");
  await stack.pulumi("cancel", "--yes");
  await stack.up(program("values: { a: 4 }"));
  expect((await stack.resource(TYPE)).outputs.status).toMatchObject({ revision: 2, status: "deployed" });
  await stack.pulumi("destroy", "--yes", "--skip-preview");
});

test("an installation whose helm was killed is taken up again", async () => {
  const args = ["install", "tiny", "./chart", "--set=a=5,pod=true", "--wait", `--kubeconfig=${server.dir}/kubeconfig`];
  const install = spawn(join(helm, "helm"), args, { cwd: stack.dir, stdio: "ignore" });
  await untilReleaseIs("pending-install");
  install.kill("SIGKILL");
  await once(install, "exit");
  const output = await stack.up(program("values: { a: 5 }"));
  expect(output).toContain("revision 1 of Helm release tiny was interrupted (pending-install): it is done again");
  expect((await stack.resource(TYPE)).outputs.status).toMatchObject({ revision: 1, status: "deployed" });
});

async function untilReleaseIs(status: string): Promise<void> {
  const statuses = () => server.kubectl("get", "secret", "-o=jsonpath={.items[*].metadata.labels.status}");
  await expect.poll(statuses, { timeout: 15_000, interval: 100 }).toBe(status);
}

test("a chart that cannot be found is an error before anything is changed", async () => {
  const output = await stack.failingUp(program('chart: "./no-chart"').replace('chart: "./chart",', ""));
  expect(output).toMatch(/helm show: exit status 1: .*no-chart.*; check the chart name and repository configuration/s);
});
