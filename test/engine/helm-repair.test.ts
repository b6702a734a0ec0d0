import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { repositoryDir } from "../../devcloud/support/paths.ts";
import { run } from "../../devcloud/support/run.ts";
import { provide } from "../../devcloud/toolchain/provide.ts";
import { ApiServer } from "./support/api-server.ts";
import { Stack } from "./support/stack.ts";
import { NEVER_READY, writeTinyChart } from "./support/tiny-chart.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const TYPE = "kubernetes:helm.sh/v3:Release";

let server: ApiServer;
let stack: Stack;
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

/** Makes a program that uses the component by itself, with a provider of its own. */
function program(value: string): string {
  return `import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { CiliumNetwork } from "${repositoryDir}/components/cilium-network.ts";
const provider = new kubernetes.Provider("cluster", { kubeconfig: pulumi.secret(${JSON.stringify(server.kubeconfig)}) });
new CiliumNetwork("cilium", { clusterName: "demo", endpoint: "192.0.2.1:6443", chart: "./chart", metadataAccess: true, values: { a: "${value}" } }, { provider });`;
}

const helmArgs = (...args: string[]) => [...args, "--namespace=kube-system", `--kubeconfig=${server.dir}/kubeconfig`];
const runHelm = (...args: string[]) => run(join(helm, "helm"), helmArgs(...args), { deadline: 30, cwd: stack.dir });

/** Runs helm until the release's last revision has a status, and kills it. */
async function killedHelm(status: string, ...args: string[]): Promise<void> {
  const child = spawn(join(helm, "helm"), helmArgs(...args, "--set=pod=true", "--wait"), { cwd: stack.dir, stdio: "ignore" });
  await expect.poll(async () => (await statuses()).at(-1), { timeout: 60_000, interval: 100 }).toBe(status);
  child.kill("SIGKILL");
  await once(child, "exit");
}

async function statuses(): Promise<string[]> {
  return (await server.kubectl("get", "secret", "--namespace=kube-system", "-o=jsonpath={.items[*].metadata.labels.status}")).split(" ");
}

/** Records that a later revision replaces another one, as Helm does just before an upgrade ends. */
async function supersede(revision: number): Promise<void> {
  const secret = ["secret", `sh.helm.release.v1.cilium.v${revision}`, "--namespace=kube-system"];
  const { data } = JSON.parse(await server.kubectl("get", ...secret, "--output=json"));
  const decoded = Buffer.from(Buffer.from(data.release, "base64").toString(), "base64");
  const record = JSON.parse(gunzipSync(decoded).toString());
  record.info.status = "superseded";
  const release = Buffer.from(gzipSync(JSON.stringify(record)).toString("base64")).toString("base64");
  const patch = { metadata: { labels: { status: "superseded" } }, data: { release } };
  await server.kubectl("patch", ...secret, "--type=merge", `--patch=${JSON.stringify(patch)}`);
}

/** Reads the release from the state and from the cluster. */
async function outcome() {
  const { revision, status } = (await stack.resource(TYPE)).outputs.status as { revision: number; status: string };
  return {
    revision,
    status,
    value: await server.kubectl("get", "configmap", "cilium", "--namespace=kube-system", "-o=jsonpath={.data.a}"),
  };
}

const destroy = () => stack.pulumi("destroy", "--yes", "--skip-preview");

it("retries a killed installation, and shows no credentials", async () => {
  await killedHelm("pending-install", "install", "cilium", "./chart");
  const output = await stack.up(program("1"));
  expect(output).toContain(
    "cilium: revision 1 of Helm release cilium (pending-install) was left by an interrupted run; the install is retried",
  );
  expect(await outcome()).toEqual({ revision: 1, status: "deployed", value: "1" });
  for (const secret of server.kubeconfig.match(/[A-Za-z0-9+/=]{60,}/g)!) expect(output).not.toContain(secret);
});

it("retries a killed upgrade", async () => {
  await killedHelm("pending-upgrade", "upgrade", "cilium", "./chart");
  const output = await stack.up(program("2"));
  expect(output).toContain("revision 2 of Helm release cilium (pending-upgrade) was left by an interrupted run; the upgrade is retried");
  expect(await outcome()).toEqual({ revision: 2, status: "deployed", value: "2" });
});

it("retries an upgrade that was killed at its very end, when no revision is deployed", async () => {
  await killedHelm("pending-upgrade", "upgrade", "cilium", "./chart");
  await supersede(2);
  expect(await statuses()).toEqual(["superseded", "superseded", "pending-upgrade"]);
  await stack.up(program("2 again"));
  expect(await outcome()).toEqual({ revision: 3, status: "deployed", value: "2 again" });
});

it("reinstalls a deployed release that is missing in the state, when the library installed it", async () => {
  const { urn } = await stack.resource(TYPE);
  await stack.pulumi("state", "delete", urn, "--yes");
  const output = await stack.up(program("3"));
  expect(output).toContain("revision 1 of Helm release cilium (superseded) was left by an interrupted run");
  expect(output).toContain("revision 3 of Helm release cilium (deployed) was left by an interrupted run");
  expect(await outcome()).toEqual({ revision: 1, status: "deployed", value: "3" });
  await destroy();
});

it("reinstalls a failed release that is missing in the state", async () => {
  await expect(runHelm("install", "cilium", "./chart", "--set=pod=true", "--wait", "--timeout=1s")).rejects.toThrow("deadline exceeded");
  await stack.up(program("4"));
  expect(await outcome()).toEqual({ revision: 1, status: "deployed", value: "4" });
  await destroy();
});

it("does not change a release that somebody else has installed, and logs what to do", async () => {
  await runHelm("install", "cilium", "./chart", "--set=a=theirs");
  const output = await stack.failingUp(program("5"));
  expect(output).toContain(
    'cilium cannot be repaired: revision 1 was installed by somebody else ("Install complete"): adopt the release with `pulumi import`, or remove it with `helm uninstall`',
  );
  expect(output).toContain("cannot re-use a name that is still in use");
  expect(await statuses()).toEqual(["deployed"]);
});

it("updates the namespace that a killed run left behind", async () => {
  await runHelm("uninstall", "cilium");
  await server.kubectl("create", "namespace", "kube-flannel");
  await stack.up(`import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { FlannelNetwork } from "${repositoryDir}/components/flannel-network.ts";
const provider = new kubernetes.Provider("cluster", { kubeconfig: pulumi.secret(${JSON.stringify(server.kubeconfig)}) });
new FlannelNetwork("flannel", { podCidr: "10.244.0.0/16", chart: "./chart" }, { provider });`);
  const label = "-o=jsonpath={.metadata.labels.pod-security\\.kubernetes\\.io/enforce}";
  expect(await server.kubectl("get", "namespace", "kube-flannel", label)).toBe("privileged");
});
