import { beforeAll, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { KubernetesCluster } from "../../components/index.ts";
import { ADMISSION, INIT_CONFIGURATION, SCHEDULER } from "../../lib/kubeadm/paths.ts";
import type { NodeFile } from "../../lib/node/files.ts";
import { scaleProfile } from "../../lib/scale-profile/scale-profile.ts";
import { mini } from "../support/cluster-args.ts";
import { deploy, type Registered } from "../support/deploy.ts";
import { filesOf, stdinOf } from "../support/orders.ts";

/** Small cluster that will grow to a large one. */
const growing = { ...mini, scale: { nodes: 1019, pods: 50_000 }, podCidr: "10.128.0.0/13" };
const { settings } = scaleProfile(1019, 50_000);
let plan: Registered[];
let files: NodeFile[];

beforeAll(async () => {
  plan = await deploy(() => new KubernetesCluster("mini", growing));
  files = filesOf(stdinOf(plan, "mini-control-plane-0-kubeadm"));
});

it("starts API server, controller manager, scheduler and etcd with the arguments and environment for its size", () => {
  const { apiServer, controllerManager, scheduler, etcd } = documents().find(({ kind }) => kind === "ClusterConfiguration")!;
  const record = (pairs: { name: string; value: string }[]) => Object.fromEntries(pairs.map(({ name, value }) => [name, value]));
  expect(record(apiServer.extraArgs)).toMatchObject(settings.extraArgs.apiServer);
  expect(record(controllerManager.extraArgs)).toMatchObject(settings.extraArgs.controllerManager);
  expect(record(etcd.local.extraArgs)).toMatchObject(settings.extraArgs.etcd);
  expect(record(apiServer.extraEnvs)).toEqual(settings.extraEnvs.apiServer);
  expect(record(controllerManager.extraEnvs)).toEqual(settings.extraEnvs.controllerManager);
  expect(record(scheduler.extraEnvs)).toEqual(settings.extraEnvs.scheduler);
  expect(etcd.local).not.toHaveProperty("extraEnvs");
});

it("gives the API server the event limits for its size", () => {
  const { plugins } = parse(contentOf(ADMISSION)) as { plugins: { name: string; configuration: object }[] };
  expect(plugins.find(({ name }) => name === "EventRateLimit")?.configuration).toMatchObject({ limits: settings.eventRateLimits });
});

it("gives the kubelets the settings for its size", () => {
  expect(documents().find(({ kind }) => kind === "KubeletConfiguration")).toMatchObject(settings.kubelet);
});

it("gives the scheduler the settings for its size, beside its kubeconfig", () => {
  const { clientConnection, percentageOfNodesToScore } = parse(contentOf(SCHEDULER));
  expect(clientConnection).toEqual({ kubeconfig: "/etc/kubernetes/scheduler.conf", qps: 500, burst: 500 });
  expect(percentageOfNodesToScore).toBe(10);
});

it("gives Cilium the values for its size", () => {
  const release = plan.find(({ type }) => type === "kubernetes:helm.sh/v3:Release");
  expect(release?.inputs.values).toMatchObject(settings.cilium);
});

// biome-ignore lint/suspicious/noExplicitAny: the kinds of configuration differ
function documents(): any[] {
  return parseAllDocuments(contentOf(INIT_CONFIGURATION)).map((document) => document.toJS());
}

function contentOf(path: string): string {
  return files.find((file) => file.path === path)?.content ?? "";
}
