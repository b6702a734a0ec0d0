import { expect, it } from "vitest";
import { checkCluster } from "../../../lib/cluster/rules.ts";
import { CLUSTER_PROPERTIES } from "../../../lib/cluster/settings.ts";
import { nodeCount } from "../../../lib/cluster/shape.ts";
import { ID, machine, mini } from "../../support/cluster-args.ts";
import { problemsOf } from "../../support/problems.ts";

const check = (args: object, name = "mini") => problemsOf((problems) => checkCluster(name, args, problems));

const rfc1123 = "is not an RFC 1123 label; use lower-case letters, digits and hyphens, beginning and ending with a letter or digit";

it("accepts the smallest cluster", () => {
  expect(check(mini)).toEqual([]);
});

it("accepts 1,019 nodes in networks with room for them", () => {
  const external = { type: "external", host: "api.example.com", allowedCidrs: ["0.0.0.0/0"] };
  const pools = { default: { count: 1012, machine } };
  expect(check({ ...mini, apiEndpoint: external, controlPlane: { count: 7, machine }, pools, podCidr: "10.128.0.0/14" })).toEqual([]);
});

it("names all problems of a cluster at once", () => {
  const pools = {
    Web: {
      count: 300,
      machine,
      without: ["7", "7", "300"],
      labels: { "a b": "c d" },
      taints: [{ key: "dedicated", effect: "Never" }],
      drainSeconds: 0,
    },
    "control-plane": { count: -1, machine },
  };
  const wrong = {
    network: { externalNetwork: "public", cidr: "10.96.0.0/28" },
    apiEndpoint: { type: "floatingIp", allowedCidrs: [] },
    controlPlane: { count: 4, machine },
    pools,
    kubernetesVersion: "1.33.0",
    podCidr: "10.96.0.0/20",
    serviceCidr: "10.0.0.0/8",
    nodeCidrMask: 25,
    concurrency: { creates: 0, joins: 2000 },
    kubelet: { maxPods: 200 },
    ssh: { allowedCidrs: ["here"] },
    registries: { mirrors: { "http://docker.io": ["mirror"] } },
    sysctls: { somaxconn: 4096, "net.core.somaxconn": "4096\nkernel.panic = 0" },
    workers: 3,
  };
  expect(check(wrong, "Mini_1")).toEqual([
    `workers: is not a property here; use one of ${CLUSTER_PROPERTIES.join(", ")}, or remove it`,
    `name: "Mini_1" ${rfc1123}`,
    `pools.Web: "Web" ${rfc1123}`,
    'pools.control-plane: "control-plane" is a part of every cluster; choose another name',
    'kubernetesVersion: "1.33.0" is not supported; choose a version of 1.34, 1.35, 1.36, 1.37',
    'sysctls["somaxconn"]: "somaxconn" is not a setting of the kernel; write its name as `sysctl --all` does, like net.core.somaxconn',
    'sysctls["net.core.somaxconn"]: "4096\\nkernel.panic = 0" is not a value; give a number, or a text of one line',
    'registries.mirrors["http://docker.io"]: "http://docker.io" is not a registry; write its host, like registry.k8s.io',
    'registries.mirrors["http://docker.io"][0]: "mirror" is not a URL; write it like https://mirror.example.com',
    "controlPlane.count: 4 control planes cannot carry etcd; use 1, 3, 5, 7, or an etcd on machines of its own",
    'apiEndpoint.allowedCidrs: is empty, so nobody could reach the API; name the networks of its users, like ["198.51.100.0/24"]',
    'apiEndpoint.type: "floatingIp" reaches one control plane, not 4; use "octavia", "vip" or "external", or set controlPlane.count to 1',
    'ssh.allowedCidrs[0]: "here" is not an IPv4 network in CIDR form; write it like 10.40.0.0/16',
    'pools.Web.without[1]: "7" is named twice; name each key once',
    'pools.Web.without[2]: "300" is no key of a pool of 300; leave it out',
    'pools.Web.labels["a b"]: "a b" is no label key; use at most 63 letters, digits, "-", "_" and ".", after an optional DNS prefix and "/"',
    'pools.Web.labels["a b"]: "c d" is no label value; use at most 63 letters, digits, "-", "_" and "."',
    'pools.Web.taints[0].effect: "Never" is no effect; use NoSchedule, PreferNoSchedule, NoExecute',
    "pools.Web.drainSeconds: 0 is not a time for a drain; use 1 to 3600 whole seconds",
    "pools.control-plane.count: -1 is not a number of nodes; use a whole number from 0 to 5000",
    "concurrency.creates: 0 is not a number of workers at a time; use a whole number from 1 to 1000",
    "concurrency.joins: 2000 is not a number of workers at a time; use a whole number from 1 to 1000",
    "podCidr: 10.96.0.0/20 overlaps network.cidr 10.96.0.0/28; choose a range that shares no address with it",
    "serviceCidr: 10.0.0.0/8 overlaps network.cidr 10.96.0.0/28; choose a range that shares no address with it",
    "serviceCidr: 10.0.0.0/8 overlaps podCidr 10.96.0.0/20; choose a range that shares no address with it",
    "podCidr: 10.96.0.0/20 has 32 blocks of /25, too few for 303 nodes; use a prefix of at most /16",
    "serviceCidr: 10.0.0.0/8 is larger than kubeadm allows; use a prefix of at least /12",
    "network.cidr: 10.96.0.0/28 has room for 12 machines, too few for 303; use a shorter prefix",
    "nodeCidrMask: /25 has addresses for 124 pods, too few for kubelet.maxPods 200; use a shorter prefix or fewer pods",
  ]);
});

it("checks the other properties when one is of the wrong kind", () => {
  expect(check({ ...mini, pools: [], controlPlane: { count: 0, machine } })).toEqual([
    "pools: is not allowed: expected record, received array",
    "controlPlane.count: 0 control planes cannot carry etcd; use 1, 3, 5, 7, or an etcd on machines of its own",
  ]);
});

it.each([0, 2, 4])("refuses %i control planes", (count) => {
  const external = { type: "external", host: "api.example.com", allowedCidrs: ["198.51.100.0/24"] };
  expect(check({ ...mini, apiEndpoint: external, controlPlane: { count, machine } })).toEqual([
    `controlPlane.count: ${count} control planes cannot carry etcd; use 1, 3, 5, 7, or an etcd on machines of its own`,
  ]);
});

it("refuses a floating IP for three control planes", () => {
  expect(check({ ...mini, controlPlane: { count: 3, machine } })).toEqual([
    'apiEndpoint.type: "floatingIp" reaches one control plane, not 3; use "octavia", "vip" or "external", or set controlPlane.count to 1',
  ]);
});

it("requires the external network for a floating IP in an adopted network", () => {
  expect(check({ ...mini, network: { adopt: { networkId: ID, subnetId: ID }, cidr: "10.40.0.0/16" } })).toEqual([
    'network.externalNetwork: is missing; an API endpoint of type "floatingIp" is taken from there, so name the external network',
  ]);
});

it("requires what external etcd needs", () => {
  const etcd = { topology: "external", members: 4, machine: { ...machine, volume: { size: 0 } }, ciliumEtcd: true };
  expect(check({ ...mini, etcd, cni: { type: "flannel" } })).toEqual([
    "etcd.members: 4 is not a number of members; use 3, 5, 7",
    "etcd.machine.volume.size: 0 is not a size of a volume; use whole GiB from 1 to 2147483647",
    'etcd.ciliumEtcd: true is only of use to Cilium, and cni.type is "flannel"; leave it out, or use cni.type "cilium"',
    'ssh.bastion: is missing; with an API endpoint of type "floatingIp", machines of an external etcd are reached through one',
  ]);
});

it("accepts any number of control planes with external etcd, and counts its machines", () => {
  const vip = { type: "vip", allowedCidrs: ["198.51.100.0/24"] };
  const args = { ...mini, apiEndpoint: vip, controlPlane: { count: 20, machine }, ssh: { bastion: { machine } } };
  expect(check({ ...args, etcd: { topology: "external", machine } })).toEqual([]);
  expect(check({ ...args, etcd: { topology: "external", machine }, network: { externalNetwork: "public", cidr: "10.40.0.0/28" } })).toEqual(
    ["network.cidr: 10.40.0.0/28 has room for 12 machines, too few for 29; use a shorter prefix"],
  );
});

it("requires settings that fit the network plugin", () => {
  const cni = { type: "flannel", values: { podCidr: "10.1.0.0/16" } };
  expect(check({ ...mini, cni, kubeProxy: { configuration: { mode: "userspace" } } })).toEqual([
    'cni.values.podCidr: "10.1.0.0/16" is not the cluster\'s podCidr, 10.244.0.0/16; remove it',
    'kubeProxy.configuration.mode: "userspace" is no mode of kube-proxy; use nftables, iptables, ipvs',
  ]);
});

it("accepts further networks of nodes that do not overlap pods or Services", () => {
  const network = (...nodeCidrs: string[]) => check({ ...mini, network: { ...mini.network, nodeCidrs } });
  expect(network("10.50.0.0/24", "10.40.7.0/24")).toEqual([]);
  expect(network("10.50.0.1/24", "10.244.3.0/24", "10.96.0.0/16")).toEqual([
    'network.nodeCidrs[0]: "10.50.0.1/24" is not how its network is written; write 10.50.0.0/24',
    "podCidr: 10.244.0.0/16 overlaps network.nodeCidrs[1] 10.244.3.0/24; choose a range that shares no address with it",
    "serviceCidr: 10.96.0.0/12 overlaps network.nodeCidrs[2] 10.96.0.0/16; choose a range that shares no address with it",
  ]);
});

it("refuses arguments that keep the API server from starting", () => {
  const extraArgs = { apiServer: { "oidc-client-id": "kubernetes" } };
  expect(check({ ...mini, controlPlane: { machine, extraArgs } })).toEqual([
    "controlPlane.extraArgs.apiServer.oidc-client-id: cannot be used beside the library's AuthenticationConfiguration; " +
      "use controlPlane.authentication.configuration.jwt",
  ]);
});

it("requires networks of pools that are apart from all others, and have room for all of their pools", () => {
  const [OTHER, THIRD] = ["c0ffee00-1111-4222-9333-444455556666", "c0ffee00-2222-4222-9333-444455556666"];
  const pool = (subnetId: string, cidr: string, count = 1) => ({ count, machine, network: { networkId: ID, subnetId, cidr } });
  const far = (...pools: object[]) => check({ ...mini, pools: Object.fromEntries(pools.map((each, place) => [`far-${place}`, each])) });
  expect(far(pool(ID, "10.50.0.0/28", 6), pool(ID, "10.50.0.0/28", 6), pool(OTHER, "10.51.0.0/24"))).toEqual([]);
  expect(far(pool(ID, "10.50.0.0/28", 6), pool(ID, "10.50.0.0/28", 7), pool(OTHER, "10.50.0.0/24"), pool(THIRD, "10.244.0.0/24"))).toEqual([
    "pools.far-0.network.cidr: 10.50.0.0/28 has room for 12 machines, too few for 13; use a shorter prefix",
    "pools.far-2.network.cidr: 10.50.0.0/24 overlaps pools.far-0.network.cidr 10.50.0.0/28; choose a range that shares no address with it",
    "pools.far-3.network.cidr: 10.244.0.0/24 overlaps podCidr 10.244.0.0/16; choose a range that shares no address with it",
  ]);
  const network = { adopt: { networkId: ID, subnetId: ID }, cidr: "10.40.0.0/16", externalNetwork: "public" };
  expect(check({ ...mini, network, pools: { same: pool(ID, "10.40.0.0/16") } })).toEqual([]);
});

it("requires the external network for a bastion's floating IP", () => {
  const args = { ...mini, apiEndpoint: { type: "external", host: "api.example.com", allowedCidrs: ["198.51.100.0/24"] } };
  const network = { adopt: { networkId: ID, subnetId: ID }, cidr: "10.40.0.0/16" };
  expect(check({ ...args, network, ssh: { bastion: { machine } } })).toEqual([
    "network.externalNetwork: is missing; the bastion's floating IP is taken from there, so name the external network",
  ]);
});

it("leaves room for the suffixes of a cluster's name", () => {
  const none = { ...mini, cni: { type: "none" } };
  const [longest, tooLong] = ["a".repeat(44), "a".repeat(45)];
  expect(check({ ...none, pools: { workforce: { count: 2, machine } } }, longest)).toEqual([
    'pools.workforce: "workforce" has 9 characters; at most 8 leave room for what is added to it, so shorten it',
  ]);
  expect(check({ ...none, pools: {} }, longest)).toEqual([]);
  expect(check({ ...none, pools: {} }, tooLong)).toEqual([
    `name: "${tooLong}" has 45 characters; at most 44 leave room for what is added to it, so shorten it`,
  ]);
});

it("limits a cluster's name further with Cilium", () => {
  const [longest, tooLong] = ["a".repeat(32), "a".repeat(33)];
  expect(check(mini, longest)).toEqual([]);
  expect(check(mini, tooLong)).toEqual([`name: "${tooLong}" has 33 characters; Cilium takes at most 32, so shorten it`]);
});

it("leaves room for a worker's key in a pool's name", () => {
  const pool = "a".repeat(48);
  expect(check({ ...mini, pools: { [pool]: { count: 9, machine } } })).toEqual([]);
  expect(check({ ...mini, pools: { [pool]: { count: 11, machine } } })).toEqual([
    `pools.${pool}: "${pool}" has 48 characters; at most 47 leave room for what is added to it, so shorten it`,
  ]);
});

it("refuses a pool size that is too large to count", () => {
  expect(check({ ...mini, pools: { web: { count: 1e10, machine } } })).toEqual([
    "pools.web.count: 10000000000 is not a number of nodes; use a whole number from 0 to 5000",
  ]);
});

it.each([0, 251])("refuses %i pods for a node", (maxPods) => {
  expect(check({ ...mini, kubelet: { maxPods } })).toEqual([
    `kubelet.maxPods: ${maxPods} is not a number of pods for a node; use 1 to 250`,
  ]);
});

it("requires an address for each pod beside the reserved ones", () => {
  expect(check({ ...mini, nodeCidrMask: 25, kubelet: { maxPods: 124 } })).toEqual([]);
  expect(check({ ...mini, nodeCidrMask: 25, kubelet: { maxPods: 125 } })).toEqual([
    "nodeCidrMask: /25 has addresses for 124 pods, too few for kubelet.maxPods 125; use a shorter prefix or fewer pods",
  ]);
  const pools = { dense: { count: 1, machine, kubelet: { maxPods: 200 } } };
  expect(check({ ...mini, nodeCidrMask: 25, kubelet: { maxPods: 50 }, pools })).toEqual([
    "nodeCidrMask: /25 has addresses for 124 pods, too few for pools.dense.kubelet.maxPods 200; use a shorter prefix or fewer pods",
  ]);
});

it("counts control planes and workers, without those in `without`", () => {
  expect(nodeCount({})).toBe(1);
  expect(
    nodeCount({ controlPlane: { count: 3, machine }, pools: { a: { count: 5, without: ["1"], machine }, b: { count: 2, machine } } }),
  ).toBe(9);
});
