import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { pulumiTools } from "../../devcloud/toolchain/pulumi.ts";
import { EngineStack } from "../engine/engine-stack.ts";
import { firstCheckpointsOf } from "../engine/state/checkpoints.ts";
import { FakeCloud } from "../fake-openstack/fake-cloud.ts";
import { DEVCLOUD } from "../fake-openstack/settings.ts";
import { answering } from "../hollow-nodes/answers/answers.ts";
import { controlPlaneTools } from "../hollow-nodes/control-plane/tools.ts";
import { HollowCluster } from "../hollow-nodes/hollow-cluster.ts";
import { Hosts } from "../hollow-nodes/ssh/hosts.ts";
import { serveSsh } from "../hollow-nodes/ssh/ssh-server.ts";
import { ClusterRun } from "./cluster/cluster-run.ts";
import { configurationOf, FLOATING_NETWORK, LARGE_FLAVORS_AND_IMAGES, NODE_NETWORK } from "./cluster/configuration.ts";
import { cloudFaults, HOST_FAULTS } from "./cluster/faults.ts";
import { printPhases, printState } from "./cluster/report.ts";
import { enterNamespace } from "./namespace.ts";
import { writeReport } from "./report.ts";

/**
 * The whole stack "large" from the first `up` to its `destroy`, with the real engine, plugins and control plane. Servers are the fake
 * OpenStack's, and machines are hollow.
 */
const { values } = parseArgs({
  options: {
    workers: { type: "string", default: "50" },
    "control-planes": { type: "string", default: "3" },
    pods: { type: "string", default: "500" },
    growth: { type: "string", default: "2" },
    faults: { type: "boolean", default: false },
    bastion: { type: "boolean", default: false },
    held: { type: "string" },
    creates: { type: "string" },
    joins: { type: "string" },
    checkpoints: { type: "string", default: "plain" },
    parallel: { type: "string", default: "64" },
    "builds-at-once": { type: "string", default: String(DEVCLOUD.buildsAtOnce * 10) },
    "boot-seconds": { type: "string", default: "2" },
    seed: { type: "string", default: "1" },
  },
});

// Missing programs are built here, where the registries can be reached.
await pulumiTools();
await controlPlaneTools();
await enterNamespace([NODE_NETWORK, FLOATING_NETWORK]);

const size = {
  workers: Number(values.workers),
  controlPlanes: Number(values["control-planes"]),
  pods: Number(values.pods),
  bastion: values.bastion,
  ...(values.held ? { heldVersion: values.held } : {}),
  concurrency: {
    ...(values.creates ? { creates: Number(values.creates) } : {}),
    ...(values.joins ? { joins: Number(values.joins) } : {}),
  },
};
const cloud = new FakeCloud({
  settings: { ...LARGE_FLAVORS_AND_IMAGES, buildsAtOnce: Number(values["builds-at-once"]) },
  faults: values.faults ? cloudFaults(size.workers) : {},
  seed: Number(values.seed),
});
const hosts = new Hosts(cloud, { bootSeconds: Number(values["boot-seconds"]), faults: values.faults ? HOST_FAULTS : {} });
const cluster = new HollowCluster(mkdtempSync(join(tmpdir(), "caravan-cluster-")));
await cloud.start();
const ssh = await serveSsh(hosts, answering(cluster));
const program = { name: "caravan", folder: "stacks" };
const checkpoints = firstCheckpointsOf(values.checkpoints);
const options = { program, config: configurationOf(size), parallel: Number(values.parallel), checkpoints };
const stack = await EngineStack.create(cloud, options);
const run = new ClusterRun({ cloud, hosts, cluster, stack, size, growth: Number(values.growth) });
try {
  await run.all();
} finally {
  printPhases(run.phases, size.workers);
  printState(run.result.state);
  console.log("memory of the control plane, MB:", cluster.memory);
  writeReport(`cluster-${size.workers}${values.faults ? "-faults" : ""}`, { size, ...run.result, controlPlaneMegabytes: cluster.memory });
  await cluster.stop();
  ssh.stop();
  await stack.remove();
  cloud.stop();
}
for (const problem of run.result.problems) console.error(`problem: ${problem}`);
process.exit(run.result.problems.length === 0 ? 0 : 1);
