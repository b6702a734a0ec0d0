import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readKubeconfig } from "../../../devcloud/plugins/kubernetes/kubeconfig.ts";
import { step } from "../../../devcloud/support/progress.ts";
import { INIT_CONFIGURATION } from "../../../lib/kubeadm/paths.ts";
import { ETCD_METRICS, startControlPlane } from "../../hollow-nodes/control-plane/control-plane.ts";
import { startKwok } from "../../hollow-nodes/control-plane/kwok.ts";
import { KubernetesApi } from "../../hollow-nodes/kubernetes-api.ts";
import { type ClusterFilesArgs, CONTROL_PLANE, clusterFiles } from "./cluster-files.ts";
import { type Readings, requestLatencies, schedulerLatencies } from "./latencies.ts";
import { metricSum } from "./metrics.ts";
import { makeNodes } from "./nodes-phase.ts";
import { makeNamespaces, makePods, ratesSince } from "./pods-phase.ts";
import { SCHEDULER_PORT } from "./ports.ts";
import { usageOf } from "./process-usage.ts";

export interface PodRunArgs extends ClusterFilesArgs {
  /** Seconds after which the run ends, even if not all pods run. */
  limit: number;
}

export type PodRun = Awaited<ReturnType<typeof measure>> & { args: PodRunArgs };

/** Starts a control plane with some settings, creates nodes and pods, and measures both. Call it in separate namespaces. */
export function runPods(args: PodRunArgs): Promise<PodRun> {
  const { settings, percentage, zones, nodes, pods } = args;
  const choices = [
    zones === undefined ? "" : `, zones ${zones}`,
    percentage === undefined ? "" : `, percentageOfNodesToScore ${percentage}`,
  ];
  const title = `${settings}${choices.join("")}: ${nodes} nodes, ${pods} pods`;
  return step(title, () => onControlPlane(args));
}

async function onControlPlane(args: PodRunArgs): Promise<PodRun> {
  const dir = mkdtempSync(join(tmpdir(), "caravan-pods-"));
  const files = await clusterFiles(args);
  const controlPlane = await startControlPlane({ files, initConfig: INIT_CONFIGURATION, advertise: CONTROL_PLANE.address, dir });
  const client = new KubernetesApi(readKubeconfig(controlPlane.kubeconfig));
  try {
    const kwok = await startKwok(INIT_CONFIGURATION, dir);
    try {
      return { args, ...(await measure(args, client, { ...controlPlane.processes, kwok: kwok.pid })) };
    } finally {
      await kwok.stop();
    }
  } finally {
    client.close();
    await controlPlane.stop();
    rmSync(dir, { recursive: true });
  }
}

async function measure({ nodes: nodeCount, pods: podCount, limit }: PodRunArgs, client: KubernetesApi, processes: Record<string, number>) {
  const nodes = await step("making nodes", () => makeNodes(client, nodeCount));
  await makeNamespaces(client, podCount);
  const before = await readings(client);
  const check = () => void usageOf(processes);
  const start = await step("making pods", () => makePods({ client, pods: podCount, limit, check }));
  const after = await readings(client);
  const etcd = await (await fetch(`${ETCD_METRICS}/metrics`)).text();
  const usage = usageOf(processes);
  return {
    nodes,
    // Last, because a list of all pods is load that must not affect the latencies and sizes above.
    pods: await ratesSince(client, start),
    requests: requestLatencies(before, after),
    scheduler: schedulerLatencies(before, after),
    etcdMegabytes: Math.round(metricSum(etcd, "etcd_mvcc_db_total_size_in_bytes") / 1e6),
    processes: usage,
  };
}

async function readings(client: KubernetesApi): Promise<Readings> {
  return { apiServer: await client.get<string>("/metrics"), scheduler: await client.componentMetrics(SCHEDULER_PORT) };
}
