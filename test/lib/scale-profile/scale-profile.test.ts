import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { checkEtcdSettings } from "../../../lib/etcd/tuning.ts";
import { checkKubelet } from "../../../lib/kubeadm/kubelet.ts";
import { prefixOf } from "../../../lib/network/cidr.ts";
import { scaleProfile } from "../../../lib/scale-profile/scale-profile.ts";
import { SIZE_CLASSES } from "../../../lib/scale-profile/size.ts";
import { problemsOf } from "../../support/problems.ts";

/** Numbers of nodes, up to the most for which a pod network in 10.128.0.0/9 has room. */
const nodes = fc.oneof(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 1, max: 29_000 }));
const size = fc.record({ nodes, podsPerNode: fc.integer({ min: 0, max: 250 }) });

const NOTHING = {
  extraArgs: { apiServer: {}, controllerManager: {}, etcd: {} },
  extraEnvs: { apiServer: {}, controllerManager: {}, scheduler: {} },
  scheduler: {},
  etcd: {},
  kubelet: {},
  cilium: {},
};

const golden = (name: string) => join(import.meta.dirname, "..", "..", "golden", "scale", `${name}.json`);
const json = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`;

it.each([3, 100, 500, 1019, 2000, 5000])("gives %i nodes with 50 pods each, behind three control planes, these settings", async (count) => {
  await expect(json(scaleProfile(count, 50 * count, { controlPlanes: 3 }))).toMatchFileSnapshot(golden(`${count}-nodes`));
});

it("keeps Kubernetes' defaults up to 100 nodes and 5,000 pods", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100 }),
      fc.integer({ min: 0, max: 5_000 }),
      fc.integer({ min: 1, max: 7 }),
      (count, pods, own) => {
        expect(scaleProfile(count, pods, { controlPlanes: own })).toMatchObject({ size: "small", settings: NOTHING });
      },
    ),
  );
});

it.each([
  [100, 5_000, "small"],
  [101, 0, "medium"],
  [3, 5_001, "medium"],
  [500, 25_000, "medium"],
  [501, 0, "large"],
  [2_000, 100_000, "large"],
  [2_001, 0, "huge"],
  [500, 100_001, "huge"],
])("classes %i nodes with %i pods as %s", (count, pods, name) => {
  expect(scaleProfile(count, pods).size).toBe(name);
});

it("never lowers a value for a larger cluster", () => {
  fc.assert(
    fc.property(size, size, (one, other) => {
      const [less, more] = [Math.min(one.nodes, other.nodes), Math.max(one.nodes, other.nodes)];
      const pods = Math.min(one.podsPerNode, other.podsPerNode) * less;
      const before = capacities(less, pods);
      const after = capacities(more, Math.max(one.podsPerNode, other.podsPerNode) * more);
      for (const [name, capacity] of Object.entries(before))
        expect(after[name as keyof typeof after], name).toBeGreaterThanOrEqual(capacity);
    }),
  );
});

it("has only settings that the components accept", () => {
  fc.assert(
    fc.property(size, ({ nodes: count, podsPerNode }) => {
      const { settings } = scaleProfile(count, podsPerNode * count);
      expect(problemsOf((problems) => checkEtcdSettings(settings.etcd, problems))).toEqual([]);
      expect(problemsOf((problems) => checkKubelet({ configuration: settings.kubelet }, problems))).toEqual([]);
    }),
  );
});

it("never makes the scheduler score more nodes than by default", () => {
  fc.assert(
    fc.property(nodes, (count) => {
      const { percentageOfNodesToScore = 0 } = scaleProfile(count, 0).settings.scheduler as { percentageOfNodesToScore?: number };
      expect(examined(count, percentageOfNodesToScore)).toBeLessThanOrEqual(examined(count, 0));
    }),
  );
});

it("makes the scheduler score 101 of 1,019 nodes instead of 427", () => {
  expect(scaleProfile(1019, 50_000).settings.scheduler).toMatchObject({ percentageOfNodesToScore: 10 });
  expect([examined(1019, 10), examined(1019, 0)]).toEqual([101, 427]);
});

it("spreads pods only over hosts when all nodes of a large cluster are in one zone", () => {
  const scheduler = (count: number, zones?: number) => scaleProfile(count, 0, { zones }).settings.scheduler;
  const { profiles, ...others } = scheduler(1019, 1);
  expect(others).toEqual(scheduler(1019));
  expect(profiles).toEqual([
    {
      pluginConfig: [
        {
          name: "PodTopologySpread",
          args: {
            defaultingType: "List",
            defaultConstraints: [{ maxSkew: 3, topologyKey: "kubernetes.io/hostname", whenUnsatisfiable: "ScheduleAnyway" }],
          },
        },
      ],
    },
  ]);
  expect(scheduler(1019, 3)).toEqual(scheduler(1019));
  expect(scheduler(500, 1)).toEqual(scheduler(500));
});

it.each([500, 5_000, 10_000])("leaves the number of scored nodes of %i to the scheduler", (count) => {
  expect(scaleProfile(count, 50 * count).settings.scheduler).not.toHaveProperty("percentageOfNodesToScore");
});

it("moves clients between API servers only when there are several, and not in a small cluster", () => {
  const chance = (count: number, controlPlanes: number) =>
    scaleProfile(count, 0, { controlPlanes }).settings.extraArgs.apiServer["goaway-chance"];
  expect([chance(1019, 1), chance(100, 3), chance(101, 3)]).toEqual([undefined, undefined, "0.001"]);
});

it("gives an API server the memory for many pods, however few the nodes", () => {
  const limit = (count: number, pods: number) => scaleProfile(count, pods).settings.extraEnvs.apiServer.GOMEMLIMIT;
  expect([limit(500, 25_000), limit(10, 50_000), limit(1019, 50_000), limit(10, 150_000), limit(5_000, 0)]).toEqual([
    undefined,
    "16GiB",
    "16GiB",
    "30GiB",
    "30GiB",
  ]);
});

it("suggests networks with a tenth to spare, away from the Services", () => {
  fc.assert(
    fc.property(nodes, (count) => {
      const { podCidr, nodeCidrMask, nodesPrefix } = scaleProfile(count, 0).suggestions.networks;
      expect(2 ** (nodeCidrMask - prefixOf(podCidr))).toBeGreaterThanOrEqual(1.1 * count);
      expect(2 ** (32 - nodesPrefix)).toBeGreaterThanOrEqual(1.1 * count + 16);
      expect(Number(podCidr.split(".")[1])).toBeGreaterThanOrEqual(128);
    }),
  );
});

it("suggests an etcd member with twice the memory of its database", () => {
  fc.assert(
    fc.property(nodes, (count) => {
      const { settings, suggestions } = scaleProfile(count, 50 * count);
      expect(suggestions.etcdMember.memory).toBeGreaterThanOrEqual((2 * (settings.etcd.quotaBytes ?? 2 * 1024 ** 3)) / 1024 ** 3);
    }),
  );
});

it("keeps all nodes of a subnet in the kernel's neighbour table", () => {
  expect(scaleProfile(4096, 0).settings.sysctls).toEqual({});
  expect(scaleProfile(5000, 0).settings.sysctls).toEqual({
    "net.ipv4.neigh.default.gc_thresh1": 8192,
    "net.ipv4.neigh.default.gc_thresh2": 16384,
    "net.ipv4.neigh.default.gc_thresh3": 32768,
  });
});

/**
 * Returns the settings that may only grow, as numbers; unset ones as defaults (kube-apiserver, kube-controller-manager and kubelet of
 * 1.36).
 */
function capacities(count: number, pods: number) {
  const { size, settings, suggestions } = scaleProfile(count, pods);
  const { apiServer, controllerManager } = settings.extraArgs;
  const { clientConnection = { qps: 50, burst: 100 } } = settings.scheduler as { clientConnection?: { qps: number; burst: number } };
  const { kubeAPIQPS = 50 } = settings.kubelet as { kubeAPIQPS?: number };
  const { controlPlane, etcdMember, networks } = suggestions;
  return {
    size: SIZE_CLASSES.indexOf(size),
    inflight: Number(apiServer["max-requests-inflight"] ?? 400),
    mutating: Number(apiServer["max-mutating-requests-inflight"] ?? 200),
    controllerManager: Number(controllerManager["kube-api-qps"] ?? 20),
    controllerManagerBurst: Number(controllerManager["kube-api-burst"] ?? 30),
    replicaSets: Number(controllerManager["concurrent-replicaset-syncs"] ?? 5),
    scheduler: clientConnection.qps,
    schedulerBurst: clientConnection.burst,
    kubelet: kubeAPIQPS,
    quota: settings.etcd.quotaBytes ?? 2 * 1024 ** 3,
    ...controlPlane,
    etcdCores: etcdMember.cores,
    etcdMemory: etcdMember.memory,
    etcdDisk: etcdMember.disk,
    etcdOperations: etcdMember.operations,
    podNetworks: 2 ** (networks.nodeCidrMask - prefixOf(networks.podCidr)),
    nodeAddresses: 2 ** (32 - networks.nodesPrefix),
    dnsReplicas: settings.coreDnsReplicas ?? 2,
  };
}

/** Computes the nodes that the scheduler scores for one pod (kubernetes, pkg/scheduler/schedule_one.go, numFeasibleNodesToFind). */
function examined(count: number, percentage: number): number {
  const chosen = percentage || Math.max(5, 50 - Math.floor(count / 125));
  return Math.min(count, Math.max(100, Math.floor((count * chosen) / 100)));
}
