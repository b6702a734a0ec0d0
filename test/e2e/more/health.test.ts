import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { onDevcloud } from "../../../devcloud/environment.ts";
import { waitForNodes } from "../../../devcloud/nodes.ts";
import { stackOutput } from "../../../devcloud/stack.ts";
import { repositoryDir } from "../../../devcloud/support/paths.ts";
import type { HealthReport } from "../../../lib/health/judge.ts";
import { type Cluster, createCluster, destroy } from "../support/cluster.ts";
import { sshOf } from "../support/ssh.ts";

const STACK = "e2e-health";
const CONTROL_PLANE = `${STACK}-control-plane-0`;

let cluster: Cluster;
let workers: string[];
beforeAll(async () => {
  cluster = await createCluster(STACK, 3);
  const pools = await stackOutput<Record<string, { name: string }[]>>(cluster.stack, "pools");
  workers = pools.default!.map(({ name }) => name);
});
afterAll(async () => {
  if (cluster) await destroy(cluster.stack);
});

/** Checks the health. The shell keeps the exit code, with which the command may fail. */
async function check(): Promise<HealthReport> {
  const command = `node "$0" health ${STACK} --json --cwd "$1" 2>/dev/null; true`;
  const main = `${repositoryDir}/commands/main.ts`;
  return JSON.parse(await onDevcloud(["bash", "-c", command, main, cluster.stack.dir], { deadline: 180 }));
}

/**
 * Returns severities, ids and objects of the findings, sorted. Deployments are left out: whether a pod of theirs ran on a machine that is off, and where it
 * runs again, is the scheduler's choice.
 */
function found({ findings }: HealthReport): string[] {
  return findings
    .filter(({ object }) => object.kind !== "Deployment")
    .map(({ id, severity, object }) => `${severity} ${id} ${object.name}`)
    .sort();
}

/** Checks until the findings are as they should be: Kubernetes notices a silent kubelet after 50 seconds. */
async function waitFor(expected: string[], seconds = 180): Promise<HealthReport> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const report = await check();
    if (Date.now() > deadline || found(report).join() === expected.toSorted().join()) {
      expect(found(report)).toEqual(expected.toSorted());
      return report;
    }
    await setTimeout(3000);
  }
}

const server = (command: string, name: string) => onDevcloud(["openstack", "server", command, name], { deadline: 120 });

it("finds nothing in a healthy cluster", async () => {
  expect(await waitFor([])).toMatchObject({ cluster: STACK, unchecked: [], exitCode: 0 });
});

it("names a worker whose kubelet is stopped, and nothing once it runs again", async () => {
  const { name, run } = await sshOf(cluster, "default");
  await run("systemctl stop kubelet");
  const report = await waitFor([`warning node-not-ready ${name}`]);
  expect(report).toMatchObject({ exitCode: 1, findings: [{ reason: "its kubelet does not report", object: { kind: "worker" } }] });
  await run("systemctl start kubelet");
  await waitForNodes(cluster.kubectl, 3);
  await waitFor([]);
});

it("names a worker that is shut off, and one that was deleted in OpenStack", async () => {
  const [first, second] = workers;
  await server("stop", second!);
  const report = await waitFor([`warning server-stopped ${second}`]);
  expect(report.findings.find(({ id }) => id === "server-stopped")).toMatchObject({
    reason: "does not run, OpenStack says SHUTOFF",
    fix: expect.stringMatching(/^have it run with `openstack server start /),
  });
  await server("delete", first!);
  await waitFor([`warning server-lost ${first}`, `warning server-stopped ${second}`]);
});

it("says that the API does not answer while its only control plane is off", async () => {
  const endpoint = await stackOutput<string>(cluster.stack, "endpoint");
  await server("stop", CONTROL_PLANE);
  const [first, second] = workers;
  const report = await waitFor([
    `critical server-stopped ${CONTROL_PLANE}`,
    `critical api-unreachable ${endpoint}`,
    `critical etcd-no-majority ${STACK}`,
    `warning server-lost ${first}`,
    `warning server-stopped ${second}`,
  ]);
  expect(report).toMatchObject({ unchecked: ["kubernetes"], exitCode: 2 });
});
