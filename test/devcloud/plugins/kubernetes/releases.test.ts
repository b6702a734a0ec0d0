import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { run } from "../../../../devcloud/support/run.ts";
import { provide } from "../../../../devcloud/toolchain/provide.ts";
import { ApiServer } from "../../../engine/support/api-server.ts";
import { Stack } from "../../../engine/support/stack.ts";
import { NEVER_READY, writeTinyChart } from "../../../engine/support/tiny-chart.ts";
import { comparable, officialState } from "../support/official-state.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const TYPE = "kubernetes:helm.sh/v3:Release";

const TIMED_OUT =
  "Use Helm CLI to investigate: failed to become available within allocated timeout. Error: Helm Release default/tiny: context deadline exceeded";

let stack: Stack;
let server: ApiServer;
let helm: string;
beforeAll(async () => {
  helm = (await provide(["helm"])).helm;
  server = await ApiServer.start();
  stack = await Stack.create({}, [helm]);
  await writeTinyChart(stack.dir, { neverReady: NEVER_READY });
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

test("the state equals the official plugin's, and a second run has no changes", async () => {
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

test("a release that does not become ready is kept, and the next update repairs it", async () => {
  const output = await stack.failingUp(program("values: { a: 2, pod: true }, timeout: 2"));
  expect(output).toContain(`Helm release "default/tiny" failed to initialize completely. ${TIMED_OUT}`);
  expect((await stack.resource(TYPE)).outputs.status).toMatchObject({ revision: 3, status: "failed" });
  await stack.up(program("values: { a: 3 }, timeout: 2"));
  expect((await stack.resource(TYPE)).outputs.status).toMatchObject({ revision: 4, status: "deployed" });
  await stack.pulumi("destroy", "--yes", "--skip-preview");
  expect(await server.kubectl("get", "configmap,secret", "-o=name", "--field-selector=metadata.name!=kube-root-ca.crt")).toBe("");
});

test("an installation that does not become ready is kept, and the next update upgrades it", async () => {
  const output = await stack.failingUp(program("values: { a: 4, pod: true }, timeout: 2"));
  expect(output).toContain(`Helm release "default/tiny" was created, but failed to initialize completely. ${TIMED_OUT}`);
  expect(output).toContain('warning: Helm release "tiny" was created but has a failed status.');
  expect((await stack.resource(TYPE)).outputs.status).toMatchObject({ revision: 1, status: "failed" });
  await stack.up(program("values: { a: 4 }"));
  expect((await stack.resource(TYPE)).outputs.status).toMatchObject({ revision: 2, status: "deployed" });
});

test("an upgrade over one that was interrupted is refused, and changes nothing", async () => {
  const args = ["upgrade", "tiny", "./chart", "--set=a=5,pod=true", "--wait", `--kubeconfig=${server.dir}/kubeconfig`];
  await killedHelm(args, "superseded deployed pending-upgrade");
  const output = await stack.failingUp(program("values: { a: 6 }"));
  expect(output).toContain("error: another operation (install/upgrade/rollback) is in progress");
  expect((await stack.resource(TYPE)).outputs.status).toMatchObject({ revision: 2, status: "deployed" });
  await stack.pulumi("destroy", "--yes", "--skip-preview");
});

test("a release that is gone cannot be deleted, but a refresh finds it missing", async () => {
  await stack.up(program("values: { a: 7 }"));
  await runHelm(["uninstall", "tiny"]);
  await expect(stack.pulumi("destroy", "--yes", "--skip-preview")).rejects.toThrow(
    "uninstall: Release not loaded: tiny: release: not found",
  );
  await stack.pulumi("refresh", "--yes", "--skip-preview");
  expect((await stack.resources()).map(({ type }) => type)).not.toContain(TYPE);
});

test.each([
  ["an engine", "failed"],
  ["helm", "pending-install"],
])("a name that is in use since a kill of %s is refused, whatever the release's status", async (killed, status) => {
  if (killed === "helm") {
    await killedHelm(["install", "tiny", "./chart", "--set=a=8,pod=true", "--wait", `--kubeconfig=${server.dir}/kubeconfig`], status);
  } else {
    const update = await stack.start(program("values: { a: 8, pod: true }"));
    await untilReleaseIs("pending-install");
    update.kill("SIGKILL");
    await once(update, "exit");
    await untilReleaseIs(status); // the plugin ends by itself
    await stack.pulumi("cancel", "--yes");
  }
  const output = await stack.failingUp(program("values: { a: 8 }"));
  expect(output).toContain("error: cannot re-use a name that is still in use");
  await runHelm(["uninstall", "tiny"]);
  await stack.up(program("values: { a: 8 }"));
  await stack.pulumi("destroy", "--yes", "--skip-preview");
});

test("with `replace`, the name of a failed release can be used", async () => {
  const args = ["install", "tiny", "./chart", "--set=a=9,pod=true", "--wait", "--timeout=1s"];
  await expect(runHelm(args)).rejects.toThrow("context deadline exceeded");
  await stack.up(program("values: { a: 9 }, replace: true"));
  expect((await stack.resource(TYPE)).outputs.status).toMatchObject({ revision: 2, status: "deployed" });
  await stack.pulumi("destroy", "--yes", "--skip-preview");
});

function runHelm(args: string[]): Promise<string> {
  return run(join(helm, "helm"), [...args, `--kubeconfig=${server.dir}/kubeconfig`], { deadline: 30, cwd: stack.dir });
}

/** Runs helm until the release's revisions have these statuses, and kills it. */
async function killedHelm(args: string[], statuses: string): Promise<void> {
  const child = spawn(join(helm, "helm"), args, { cwd: stack.dir, stdio: "ignore" });
  await untilReleaseIs(statuses);
  child.kill("SIGKILL");
  await once(child, "exit");
}

async function untilReleaseIs(status: string): Promise<void> {
  const statuses = () => server.kubectl("get", "secret", "-o=jsonpath={.items[*].metadata.labels.status}");
  await expect.poll(statuses, { timeout: 60_000, interval: 100 }).toBe(status);
}

test("a chart that cannot be found is an error before any change", async () => {
  const output = await stack.failingUp(program('chart: "./no-chart"').replace('chart: "./chart",', ""));
  expect(output).toMatch(/path \\?"\.\/no-chart\\?" not found; check the chart name and repository configuration/s);
});

test("each operation is refused in a cluster that cannot be reached", async () => {
  const port = /127\.0\.0\.1:\d+/.exec(server.kubeconfig)![0];
  const reason = `unable to load schema information from the API server: Get "https://${port}/openapi/v2?timeout=32s": dial tcp ${port}: connect: connection refused`;
  await stack.up(program("values: { a: 10 }"));
  await server.stop();
  expect(await stack.failingUp(program("values: { a: 11 }"))).toContain(
    `error: can't update Helm Release with unreachable cluster: ${reason}`,
  );
  const other = program("values: { a: 10 }").replace('"tiny"', '"other"');
  expect(await stack.failingUp(other)).toContain(`error: can't create Helm Release with unreachable cluster: ${reason}`);
  await expect(stack.pulumi("destroy", "--yes", "--skip-preview")).rejects.toThrow(
    `error: can't delete Helm Release with unreachable cluster. Reason: ${JSON.stringify(reason)}`,
  );
  await expect(stack.pulumi("refresh", "--yes", "--skip-preview")).rejects.toThrow(
    "error: failed to read resource state due to unreachable cluster. If the cluster was deleted, you can remove this resource from Pulumi state by rerunning",
  );
  stack.env.PULUMI_K8S_DELETE_UNREACHABLE = "true";
  await stack.pulumi("refresh", "--yes", "--skip-preview");
  expect((await stack.resources()).map(({ type }) => type)).not.toContain(TYPE);
});
