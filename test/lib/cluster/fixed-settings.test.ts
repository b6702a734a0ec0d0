import { expect, it } from "vitest";
import { checkControlPlaneFixed, checkFixed, type FixedControlPlaneSettings } from "../../../lib/cluster/fixed-settings.ts";
import { CLUSTER_PROPERTIES, type KubernetesClusterArgs } from "../../../lib/cluster/settings.ts";
import { fixedSettings } from "../../../lib/cluster/shape.ts";
import { problemsOf } from "../../support/problems.ts";

const machine = { image: "node", flavor: "node.small" };
const own = { cidr: "10.40.0.0/16", externalNetwork: "public" };
const adopted = { cidr: "10.40.0.0/16", adopt: { networkId: "network", subnetId: "subnet" } };
const vip = { type: "vip", allowedCidrs: ["0.0.0.0/0"] };
const octavia = { type: "octavia", allowedCidrs: ["0.0.0.0/0"] };
const external = { type: "external", host: "api.example.com", allowedCidrs: ["0.0.0.0/0"] };
const externalEtcd = { topology: "external", machine } as const;

/** Changes of each property of a cluster: its value before and after, and the property that is refused, if one is. */
const CHANGES: Record<string, [before: unknown, after: unknown, refused?: string][]> = {
  kubernetesVersion: [
    ["1.36.3", "1.36.4"],
    ["1.36.3", "1.37.2"],
  ],
  network: [
    [own, { ...own, cidr: "10.41.0.0/16" }, "network.cidr"],
    [own, { ...own, externalNetwork: "other" }, "network.externalNetwork"],
    [own, { ...own, router: "router" }, "network.router"],
    [own, { ...own, dnsServers: ["192.0.2.1"] }],
    [own, { ...own, externalNetwork: Promise.resolve("public") }],
    [adopted, { ...adopted, adopt: { networkId: "other", subnetId: "subnet" } }, "network.adopt.networkId"],
    [adopted, { ...adopted, adopt: { networkId: "network", subnetId: "other" } }, "network.adopt.subnetId"],
  ],
  apiEndpoint: [
    [vip, external, "apiEndpoint.type"],
    [vip, { ...octavia, provider: "ovn", zone: "az1" }, "apiEndpoint.type"],
    [octavia, { ...octavia, provider: "amphora" }],
    [{ ...octavia, provider: "amphora" }, { ...octavia, provider: "ovn" }, "apiEndpoint.provider"],
    [
      { ...octavia, provider: "amphora" },
      { ...octavia, provider: "amphora", algorithm: "ROUND_ROBIN", monitor: "TCP" },
    ],
    [octavia, { ...octavia, flavorId: "3fa85f64-5717-4562-b3fc-2c963f66afa6" }, "apiEndpoint.flavorId"],
    [octavia, { ...octavia, zone: "az1" }, "apiEndpoint.zone"],
    [vip, { ...vip, address: "10.40.0.5" }, "apiEndpoint.address"],
    [vip, { ...vip, port: 8443 }],
    [vip, { ...vip, port: 9443 }, "apiEndpoint.port"],
    [vip, { ...vip, floatingIp: false }],
    [vip, { ...vip, allowedCidrs: ["10.0.0.0/8"] }],
    [vip, { ...vip, dns: { zone: "example.com" } }],
    [external, { ...external, host: "other.example.com" }, "apiEndpoint.host"],
    [external, { ...external, port: 443 }, "apiEndpoint.port"],
    [external, { ...external, host: Promise.resolve("api.example.com") }],
  ],
  controlPlane: [
    [
      { count: 1, machine },
      { count: 3, machine, scheduler: {}, extraArgs: {}, extraEnvs: {}, dnsReplicas: 3 },
    ],
  ],
  etcd: [
    [undefined, { topology: "stacked", etcdVersion: "3.6.11-0" }],
    [{ topology: "stacked" }, externalEtcd, "etcd.topology"],
    [externalEtcd, { ...externalEtcd, ciliumEtcd: true }, "etcd.ciliumEtcd"],
    [externalEtcd, { ...externalEtcd, eventsEtcd: true }, "etcd.eventsEtcd"],
    [externalEtcd, { ...externalEtcd, members: 3, settings: {}, etcdVersion: "3.6.8-0", dataVolume: { size: 1 } }],
  ],
  pools: [[{}, { default: { count: 1, machine } }]],
  scale: [[undefined, { nodes: 100 }]],
  concurrency: [[undefined, { creates: 1 }]],
  podCidr: [[undefined, "10.1.0.0/16", "podCidr"]],
  serviceCidr: [[undefined, "10.2.0.0/16", "serviceCidr"]],
  nodeCidrMask: [[24, 25, "nodeCidrMask"]],
  cni: [
    [undefined, { type: "flannel" }, "cni.type"],
    [undefined, { type: "none" }, "cni.type"],
    [undefined, { type: "cilium", values: {} }],
  ],
  addOns: [[undefined, { metricsServer: true }]],
  kubeProxy: [[{}, { configuration: { mode: "iptables" } }]],
  certificates: [
    [undefined, { validity: "24h", caValidity: "87600h" }],
    [undefined, { caValidity: "175200h" }, "certificates.caValidity"],
  ],
  ssh: [[undefined, { user: "debian", port: 2222, allowedCidrs: [] }]],
  kubelet: [[undefined, { maxPods: 50 }]],
  registries: [[undefined, {}]],
  proxy: [[undefined, { http: "http://proxy.example.com:3128" }]],
  packageRepository: [[undefined, "https://example.com"]],
  packageRepositoryKey: [[undefined, "0".repeat(40)]],
  sysctls: [[undefined, {}]],
  ignorePreflightErrors: [[undefined, ["SystemVerification"]]],
};

const base = { network: own, apiEndpoint: vip, controlPlane: { machine } };
const settings = (property: string, value: unknown) => fixedSettings({ ...base, [property]: value } as KubernetesClusterArgs);

it("decides for every property of a cluster whether its change is refused", () => {
  expect(Object.keys(CHANGES).sort()).toEqual([...CLUSTER_PROPERTIES].sort());
});

const CASES = Object.entries(CHANGES).flatMap(([property, changes]) =>
  changes.map(([before, after, refused]): [string, unknown, unknown, string | undefined] => [property, before, after, refused]),
);

it.each(CASES)("%s: from %j to %j", (property, before, after, refused) => {
  const problems = problemsOf((found) => checkFixed(settings(property, before), settings(property, after), found));
  expect(problems.map((problem) => problem.slice(0, problem.indexOf(": ")))).toEqual(refused ? [refused] : []);
});

it("names the value before, the value now, and the remedy", () => {
  const changed = { ...settings("podCidr", "10.1.0.0/16"), nodeCidrMask: 25 };
  expect(problemsOf((found) => checkFixed(settings("podCidr", undefined), changed, found))).toEqual([
    'podCidr: "10.1.0.0/16" is not what this cluster was made with, "10.244.0.0/16", and it cannot be changed in place; ' +
      'put "10.244.0.0/16" back, or make a new cluster',
    "nodeCidrMask: 25 is not what this cluster was made with, 24, and it cannot be changed in place; put 24 back, or make a new cluster",
  ]);
});

it("does not check settings that were not recorded when the cluster was created", () => {
  expect(problemsOf((found) => checkFixed({ cni: "cilium" }, settings("podCidr", "10.1.0.0/16"), found))).toEqual([]);
});

it("refuses the same changes of a control plane that is used by itself, and another address of its API", () => {
  const before: FixedControlPlaneSettings = {
    clusterName: "demo",
    podCidr: "10.244.0.0/16",
    serviceCidr: "10.96.0.0/12",
    nodeCidrMask: 24,
    kubeProxy: false,
    etcd: "stacked",
    eventsEtcd: false,
    endpoint: "10.40.0.5:8443",
  };
  const changed: FixedControlPlaneSettings = {
    clusterName: "other",
    podCidr: "10.1.0.0/16",
    serviceCidr: "10.2.0.0/16",
    nodeCidrMask: 25,
    kubeProxy: true,
    etcd: "external",
    eventsEtcd: true,
    endpoint: "10.40.0.6:8443",
  };
  expect(problemsOf((found) => checkControlPlaneFixed(before, { ...before }, found))).toEqual([]);
  expect(problemsOf((found) => checkControlPlaneFixed(before, changed, found)).map((problem) => problem.split(": ")[0])).toEqual([
    "clusterName",
    "endpoint",
    "cidrs.podCidr",
    "cidrs.serviceCidr",
    "cidrs.nodeCidrMask",
    "kubeProxy",
    "etcd",
    "etcd.events",
  ]);
});
