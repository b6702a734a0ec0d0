import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, openSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { endWithParent } from "../../devcloud/openstack/namespace.ts";
import { recipeKey, toolDir } from "../../devcloud/toolchain/recipe.ts";
import { metricsServerObjects } from "../../lib/add-ons/metrics-server.ts";
import { createCa, createClient, createServer } from "../../lib/pki/certificates.ts";
import type { KeyPair } from "../../lib/pki/key-pair.ts";
import { freePort } from "../support/free-port.ts";
import { ApiServer } from "./support/api-server.ts";
import { FakeKubelet } from "./support/fake-kubelet.ts";

// The real metrics-server with the add-on's arguments and rights, behind a real API server's front proxy, asks a kubelet. Its build takes minutes, so these tests
// only run where a scenario has built it.
const PROGRAM = join(toolDir("metrics-server"), recipeKey("metrics-server"), "metrics-server");
const isThere = existsSync(PROGRAM) && FakeKubelet.address !== undefined;

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const PATIENCE = { timeout: 90_000, interval: 1000 };
const objects = metricsServerObjects({ kubernetesVersion: "1.36.3", nodes: 1 });
const address = FakeKubelet.address!;
const subject = { name: "system:node:worker-0", hosts: [], addresses: [address], days: 1 };

let dir: string;
let server: ApiServer;
let kubelet: FakeKubelet;
let program: ChildProcess;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "metrics-server-"));
  if (!isThere) return;
  server = await ApiServer.start([], await frontProxyFlags());
  const ca = {
    certificate: await readFile(join(server.dir, "ca.crt"), "utf8"),
    privateKey: await readFile(join(server.dir, "ca.key"), "utf8"),
  };
  kubelet = await FakeKubelet.start(await createServer(ca, subject));
  await makeNode();
  const port = await freePort();
  await create(...objects.filter(({ kind }) => kind !== "Deployment"), endpoint(port));
  program = await startProgram(port);
});

afterAll(async () => {
  program?.kill("SIGKILL");
  await kubelet?.stop();
  await server?.stop();
  await rm(dir, { recursive: true, force: true });
});

/** Makes the front proxy's CA and certificate, as kubeadm does, and returns the API server's flags for them. */
async function frontProxyFlags(): Promise<string[]> {
  const ca = await createCa("front-proxy-ca");
  const client: KeyPair = await createClient(ca, { user: "front-proxy-client", days: 1 });
  const files = { "front-proxy-ca.crt": ca.certificate, "client.crt": client.certificate, "client.key": client.privateKey };
  for (const [file, text] of Object.entries(files)) await writeFile(join(dir, file), text);
  return [
    `--requestheader-client-ca-file=${dir}/front-proxy-ca.crt`,
    "--requestheader-allowed-names=front-proxy-client",
    "--requestheader-username-headers=X-Remote-User",
    "--requestheader-group-headers=X-Remote-Group",
    "--requestheader-extra-headers-prefix=X-Remote-Extra-",
    `--proxy-client-cert-file=${dir}/client.crt`,
    `--proxy-client-key-file=${dir}/client.key`,
    // No kube-proxy leads from the Service to the program.
    "--enable-aggregator-routing=true",
  ];
}

async function create(...items: object[]): Promise<void> {
  const file = join(dir, "objects.json");
  await writeFile(file, JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  await server.kubectl("create", "-f", file);
}

/** Makes a Node at the kubelet's address and port, with a pod that runs there. */
async function makeNode(): Promise<void> {
  const pod = {
    metadata: { name: "web", namespace: "default" },
    spec: { nodeName: "worker-0", containers: [{ name: "web", image: "web" }] },
  };
  await create({ apiVersion: "v1", kind: "Node", metadata: { name: "worker-0" } }, { apiVersion: "v1", kind: "Pod", ...pod });
  const size = { cpu: "4", memory: "8Gi" };
  const daemonEndpoints = { kubeletEndpoint: { Port: kubelet.port } };
  const status = { addresses: [{ type: "InternalIP", address }], daemonEndpoints, capacity: size, allocatable: size };
  const patch = (object: string, of: object) =>
    server.kubectl("patch", ...object.split(" "), "--subresource=status", "--type=merge", `--patch=${JSON.stringify({ status: of })}`);
  await patch("node worker-0", status);
  await patch("pod web", { phase: "Running" });
}

function endpoint(port: number): object {
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name: "metrics-server", namespace: "kube-system", labels: { "kubernetes.io/service-name": "metrics-server" } },
    addressType: "IPv4",
    ports: [{ name: "https", port, protocol: "TCP" }],
    endpoints: [{ addresses: [address], conditions: { ready: true } }],
  };
}

/** Starts metrics-server with the Deployment's arguments but for port and folder, and with a token of its service account. */
async function startProgram(port: number): Promise<ChildProcess> {
  const token = (await server.kubectl("create", "token", "metrics-server", "--namespace=kube-system")).trim();
  const kubeconfig = join(dir, "kubeconfig");
  await writeFile(kubeconfig, server.kubeconfig.replace(/user: \{.*\} \}/, `user: { token: "${token}" } }`));
  const { args } = (
    objects.find(({ kind }) => kind === "Deployment") as unknown as { spec: { template: { spec: { containers: [{ args: string[] }] } } } }
  ).spec.template.spec.containers[0];
  const own = args.map((flag) =>
    flag.replace(/^--secure-port=.*/, `--secure-port=${port}`).replace(/^--cert-dir=.*/, `--cert-dir=${dir}/certs`),
  );
  const access = ["kubeconfig", "authentication-kubeconfig", "authorization-kubeconfig"].map((flag) => `--${flag}=${kubeconfig}`);
  const log = openSync(join(dir, "log"), "w");
  const [first, ...others] = [...endWithParent, PROGRAM, ...own, ...access];
  return spawn(first!, others, { stdio: ["ignore", log, log] });
}

const top = (what: string) => server.kubectl("top", what, "--no-headers").catch(String);

it.skipIf(!isThere)("gives figures of nodes and pods through the API server's front proxy", async () => {
  await expect.poll(() => top("nodes"), PATIENCE).toMatch(/^worker-0 +\d+m +\d+% +1430Mi +17% *\n$/);
  await expect.poll(() => top("pods"), PATIENCE).toMatch(/^web +\d+m +47Mi *\n$/);
  const available = '-o=jsonpath={.status.conditions[?(@.type=="Available")].status}';
  await expect.poll(() => server.kubectl("get", "apiservice", "v1beta1.metrics.k8s.io", available), PATIENCE).toBe("True");
  expect(await readFile(join(dir, "log"), "utf8")).not.toMatch(/forbidden|x509/);
});

it.skipIf(!isThere)("asks no kubelet whose certificate the cluster's CA has not signed", async () => {
  kubelet.show(await createServer(await createCa("another"), subject));
  await expect.poll(() => readFile(join(dir, "log"), "utf8"), PATIENCE).toContain("x509: certificate signed by unknown authority");
});
