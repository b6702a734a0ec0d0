import { expect, it } from "vitest";
import type { KubernetesClusterArgs } from "../../../lib/cluster/settings.ts";
import { scaleProfile } from "../../../lib/scale-profile/scale-profile.ts";
import { clusterSize, scaledArgs } from "../../../lib/scale-profile/scaled-args.ts";
import { machine, mini } from "../../support/cluster-args.ts";
import { stackArgs } from "../../support/stack-config.ts";

/** Cluster of a thousand workers and three control planes with stacked etcd. */
const large: KubernetesClusterArgs = { ...mini, controlPlane: { count: 3, machine }, pools: { default: { count: 1000, machine } } };
const { settings } = scaleProfile(1003, 50_150, { controlPlanes: 3 });

it.each(["mini", "dev", "standard"])("does not change the arguments of the stack %s", (name) => {
  const args = stackArgs(name);
  expect(scaledArgs(args)).toBe(args);
});

it("uses the nodes of a cluster as its size by default, with at most 50 pods a node", () => {
  expect(clusterSize(mini)).toEqual({ nodes: 3, pods: 150, controlPlanes: 1 });
  expect(clusterSize({ ...large, kubelet: { maxPods: 30 } })).toEqual({ nodes: 1003, pods: 30_090, controlPlanes: 3 });
  expect(clusterSize({ ...large, kubelet: { maxPods: 250 } })).toEqual({ nodes: 1003, pods: 50_150, controlPlanes: 3 });
});

it("uses a given size", () => {
  expect(clusterSize({ ...mini, scale: { nodes: 1000 } })).toEqual({ nodes: 1000, pods: 50_000, controlPlanes: 1 });
  expect(clusterSize({ ...mini, scale: { pods: 6000 } })).toEqual({ nodes: 3, pods: 6000, controlPlanes: 1 });
  expect(clusterSize({ ...mini, scale: { zones: 2 } })).toEqual({ nodes: 3, pods: 150, controlPlanes: 1, zones: 2 });
});

it("gives a large cluster the settings of its size", () => {
  expect(scaledArgs(large)).toEqual({
    ...large,
    controlPlane: {
      ...large.controlPlane,
      dnsReplicas: 63,
      eventRateLimits: settings.eventRateLimits,
      extraArgs: settings.extraArgs,
      extraEnvs: settings.extraEnvs,
      scheduler: { configuration: settings.scheduler },
    },
    kubelet: { configuration: settings.kubelet },
    cni: { type: "cilium", values: settings.cilium },
  });
});

it("passes the number of zones to the profile", () => {
  const { controlPlane } = scaledArgs({ ...large, scale: { zones: 1 } });
  const { scheduler } = scaleProfile(1003, 50_150, { controlPlanes: 3, zones: 1 }).settings;
  expect(controlPlane.scheduler).toEqual({ configuration: scheduler });
});

it("gives a small cluster with a large given size the same settings", () => {
  const small = { ...large, pools: {}, scale: { nodes: 1003 } };
  expect(scaledArgs(small)).toEqual({ ...scaledArgs(large), pools: {}, scale: { nodes: 1003 } });
});

it("gives external etcd its settings, and sets no etcd arguments of control planes", () => {
  const { controlPlane, etcd } = scaledArgs({ ...large, etcd: { topology: "external", machine } });
  expect(etcd).toEqual({ topology: "external", machine, settings: settings.etcd });
  expect(controlPlane.extraArgs).not.toHaveProperty("etcd");
});

it("lets each given setting win by itself", () => {
  const given = {
    ...large,
    controlPlane: {
      count: 3,
      dnsReplicas: 10,
      eventRateLimits: [{ type: "Server", qps: 10, burst: 100 }],
      machine,
      extraArgs: { apiServer: { "event-ttl": "2h", v: "4" }, controllerManager: { "kube-api-qps": "50" }, scheduler: { v: "4" } },
      extraEnvs: { apiServer: { GOGC: "100", GODEBUG: "netdns=go" }, etcd: { GOGC: "50" } },
      scheduler: { configuration: { percentageOfNodesToScore: 0, clientConnection: { qps: 50 } } },
    },
    etcd: { topology: "external", machine, settings: { quotaBytes: 2 ** 32, heartbeatMilliseconds: 200 } },
    kubelet: { maxPods: 60, configuration: { serializeImagePulls: true, failCgroupV1: false } },
    cni: { type: "cilium", values: { healthChecking: true, updateStrategy: { rollingUpdate: { maxUnavailable: 1 } }, debug: true } },
  } satisfies KubernetesClusterArgs;
  const { extraArgs, extraEnvs, cilium, kubelet, scheduler } = settings;
  expect(scaledArgs(given)).toEqual({
    ...given,
    controlPlane: {
      count: 3,
      dnsReplicas: 10,
      eventRateLimits: [{ type: "Server", qps: 10, burst: 100 }],
      machine,
      extraArgs: {
        apiServer: { ...extraArgs.apiServer, "event-ttl": "2h", v: "4" },
        controllerManager: { ...extraArgs.controllerManager, "kube-api-qps": "50" },
        scheduler: { v: "4" },
      },
      extraEnvs: { ...extraEnvs, apiServer: { ...extraEnvs.apiServer, GOGC: "100", GODEBUG: "netdns=go" }, etcd: { GOGC: "50" } },
      scheduler: { configuration: { ...scheduler, percentageOfNodesToScore: 0, clientConnection: { qps: 50, burst: 500 } } },
    },
    kubelet: { maxPods: 60, configuration: { ...kubelet, serializeImagePulls: true, failCgroupV1: false } },
    cni: { type: "cilium", values: { ...cilium, ...given.cni.values } },
  });
});

it("requests no memory for Cilium's agents when their resources are given", () => {
  const resources = { limits: { memory: "512Mi" } };
  expect(scaledArgs({ ...large, cni: { type: "cilium", values: { resources } } }).cni).toMatchObject({ values: { resources } });
});

it.each(["flannel", "none"] as const)("sets no values for a network plugin of type %s", (type) => {
  expect(scaledArgs({ ...large, cni: { type } }).cni).toEqual({ type });
});
