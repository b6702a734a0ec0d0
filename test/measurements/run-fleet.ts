import { strict as assert } from "node:assert";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { say } from "../../devcloud/support/progress.ts";
import { provide } from "../../devcloud/toolchain/provide.ts";
import { pulumiTools } from "../../devcloud/toolchain/pulumi.ts";
import { FleetBed } from "../engine/fleet/fleet-bed.ts";
import { FakeCloud } from "../fake-openstack/fake-cloud.ts";
import { difference, inWords, objectsOf } from "../fake-openstack/inventory.ts";
import { DEVCLOUD } from "../fake-openstack/settings.ts";
import { answering } from "../hollow-nodes/answers/answers.ts";
import { controlPlaneTools } from "../hollow-nodes/control-plane/tools.ts";
import { HollowCluster } from "../hollow-nodes/hollow-cluster.ts";
import { KubernetesApi } from "../hollow-nodes/kubernetes-api.ts";
import { isReady, listNodes } from "../hollow-nodes/nodes.ts";
import { Hosts } from "../hollow-nodes/ssh/hosts.ts";
import { serveSsh } from "../hollow-nodes/ssh/ssh-server.ts";
import { configurationOf, FLOATING_NETWORK, LARGE_FLAVORS_AND_IMAGES, NODE_NETWORK } from "./cluster/configuration.ts";
import { enterNamespace } from "./namespace.ts";

/**
 * A pool of one whole cluster, on the fake OpenStack with hollow machines: made by the fleet's own program, claimed, used, given back, and
 * removed without a rest. The first `up` is killed in the middle.
 */
const WORKERS = 2;

// Missing programs are built here, where the registries can be reached.
const { path } = await pulumiTools();
const { pulumi } = await provide(["etcd", "kubernetes", "pulumi"]);
await controlPlaneTools();
await enterNamespace([NODE_NETWORK, FLOATING_NETWORK]);

const cloud = new FakeCloud({ settings: { ...LARGE_FLAVORS_AND_IMAGES, buildsAtOnce: DEVCLOUD.buildsAtOnce } });
const hosts = new Hosts(cloud, { bootSeconds: 2, faults: {} });
const cluster = new HollowCluster(mkdtempSync(join(tmpdir(), "caravan-cluster-")));
await cloud.start();
const ssh = await serveSsh(hosts, answering(cluster));
const bed = await FleetBed.start({
  variables: cloud.environment,
  path: path.length > 0 ? path : [pulumi],
  options: { node: ["--conditions=caravan-source"], controller: [] },
});

let code = 0;
try {
  await measure();
} catch (error) {
  console.error(error);
  console.error(bed.logged);
  code = 1;
} finally {
  await bed.stop();
  await cluster.stop();
  ssh.stop();
  cloud.stop();
}
process.exit(code);

async function measure(): Promise<void> {
  const before = objectsOf(cloud);
  const { "openstack:maxRetries": retries, ...settings } = configurationOf({
    workers: WORKERS,
    controlPlanes: 1,
    pods: 50,
    bastion: false,
  });
  const args = Object.fromEntries(Object.entries(settings).map(([key, value]) => [key.replace("caravan:", ""), value]));
  const configuration = { "openstack:maxRetries": String(retries) };
  await bed.pool("ci", { size: 1, max: 1 }, { cluster: args, configuration });
  bed.startController();

  const pid = await until("the first run", 60, async () => (await bed.list("runs.fleet.caravan.dev"))[0]?.status?.process?.pid);
  await until("the first server", 120, async () => cloud.nova.servers.store.all.length > 0);
  say("kills the run in the middle");
  process.kill(pid, "SIGKILL");
  await until("a ready cluster", 300, async () => (await bed.list("clusters"))[0]?.status?.phase === "Ready");
  const [made] = await bed.list("clusters");
  say(`runs: ${(await bed.runs(made!.metadata.name)).join(", ")}`);

  const file = join(bed.dir, "claimed");
  const start = performance.now();
  const claim = (await bed.command("anna", "claim", "--pool", "ci", "--kubeconfig", file)).split("\n").at(-1)!;
  say(`claimed within ${((performance.now() - start) / 1000).toFixed(1)} s`);
  const api = new KubernetesApi(readFileSync(file, "utf8"));
  const ready = async () => (await listNodes(api)).filter(isReady).length === WORKERS + 1;
  await until("all Nodes of the claimed cluster", 60, ready);
  api.close();

  await bed.api.kubectl("scale", "clusterpool", "ci", "-n", "fleet", "--replicas=0");
  await bed.command("anna", "release", claim);
  await until("the removal", 300, async () => (await bed.list("clusters")).length === 0);
  const left = difference(objectsOf(cloud), before);
  assert.deepEqual(left, {}, `left on the cloud: ${inWords(left)}`);
  assert.deepEqual(await bed.stacks(), []);
  say("nothing is left");
}

/** Waits until something is there, and returns it. */
async function until<T>(what: string, seconds: number, find: () => Promise<T | undefined | false>): Promise<T> {
  const start = performance.now();
  for (;;) {
    const found = await find();
    if (found) {
      say(`${what}: after ${((performance.now() - start) / 1000).toFixed(1)} s`);
      return found;
    }
    if (performance.now() - start > seconds * 1000) throw new Error(`${what}: not within ${seconds} s`);
    await setTimeout(500);
  }
}
