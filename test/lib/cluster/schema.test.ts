import { output } from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { checkShape } from "../../../lib/cluster/schema.ts";
import { CLUSTER_PROPERTIES } from "../../../lib/cluster/settings.ts";
import { Problems } from "../../../lib/problems.ts";
import { machine, mini } from "../../support/cluster-args.ts";
import { problemsOf } from "../../support/problems.ts";

const check = (args: object) => problemsOf((problems) => checkShape(args, problems));

const VARIABLE_NAME = "a variable's name is made of letters, digits and _, and begins with no digit";

it("names the properties of a cluster", () => {
  expect(CLUSTER_PROPERTIES).toEqual([
    "network",
    "apiEndpoint",
    "controlPlane",
    "etcd",
    "pools",
    "scale",
    "concurrency",
    "kubernetesVersion",
    "podCidr",
    "serviceCidr",
    "nodeCidrMask",
    "cni",
    "kubeProxy",
    "addOns",
    "certificates",
    "ssh",
    "kubelet",
    "registries",
    "proxy",
    "packageRepository",
    "packageRepositoryKey",
    "sysctls",
    "ignorePreflightErrors",
  ]);
});

it("accepts the smallest cluster", () => {
  expect(check(mini)).toEqual([]);
});

it("accepts every property", () => {
  const everything = {
    network: {
      adopt: { networkId: "n", subnetId: "s" },
      cidr: "10.40.0.0/16",
      externalNetwork: "public",
      openTo: "network",
      nodeCidrs: ["10.50.0.0/24"],
      nodePortCidrs: ["203.0.113.0/24"],
    },
    apiEndpoint: { type: "external", host: "api.example.com", allowedCidrs: [] },
    controlPlane: {
      count: 3,
      machine: { ...machine, availabilityZones: ["nova"] },
      certSANs: ["k8s.example.com", "*.example.com", "2001:db8::1"],
      scheduler: { configuration: { percentageOfNodesToScore: 10 } },
      schedulable: true,
      extraVolumes: { apiServer: [{ name: "w", hostPath: "/w", mountPath: "/w", readOnly: true, pathType: "Directory" }] },
      extraArgs: {
        apiServer: { v: "2", "service-account-issuer": ["https://a", "https://b"] },
        controllerManager: {},
        scheduler: {},
        etcd: {},
      },
      extraEnvs: { apiServer: { GOGC: "300" }, controllerManager: {}, scheduler: {}, etcd: {} },
      podSecurity: { enforce: "baseline", warn: "restricted", audit: "restricted", exemptNamespaces: ["storage"] },
      authentication: { configuration: { jwt: [] } },
      eventRateLimits: [{ type: "Namespace", qps: 100, burst: 1000, cacheSize: 1000 }],
      dnsReplicas: 4,
    },
    etcd: { topology: "external", members: 3, machine, ciliumEtcd: true, eventsEtcd: true },
    pools: {
      web: {
        count: 2,
        without: ["0"],
        machine,
        labels: { tier: "web" },
        taints: [{ key: "a", value: "b", effect: "c" }],
        drainSeconds: 60,
      },
    },
    scale: { nodes: 1000, pods: 50_000, zones: 3 },
    concurrency: { creates: 100, joins: 320 },
    kubernetesVersion: "1.36.3",
    podCidr: "10.244.0.0/16",
    serviceCidr: "10.96.0.0/12",
    nodeCidrMask: 24,
    cni: { type: "cilium", version: "1.19.6", repository: "https://charts.example.com", chart: "cilium", values: {}, metadataAccess: true },
    kubeProxy: { configuration: { mode: "iptables" } },
    addOns: { metricsServer: { version: "0.8.0", image: "registry.example.com/metrics", replicas: 2, extraArgs: { v: "2" }, values: {} } },
    certificates: { validity: "2160h", caValidity: "175200h" },
    ssh: {
      user: "debian",
      port: 2222,
      keyPair: { publicKey: "public", privateKey: "private" },
      allowedCidrs: [],
      bastion: { host: "bastion.example.com", hostKey: "ssh-ed25519 AAAA", user: "jump", port: 22, privateKey: "private" },
    },
    kubelet: { maxPods: 50, configuration: { featureGates: {} } },
    registries: {
      mirrors: { "docker.io": ["https://mirror.example.com"] },
      imageRepository: "registry.example.com",
      hosts: { "r.example.com": { ca: "PEM", username: "u", password: "p" } },
    },
    proxy: { http: "http://proxy.example.com:3128", https: "http://proxy.example.com:3128", no: [".example.com"] },
    packageRepository: "https://packages.example.com/{minor}/",
    packageRepositoryKey: "DE15 B144 86CD 377B 9E87  6E1A 2346 54DA 9A29 6436",
    sysctls: { "net.core.somaxconn": 4096, "net.ipv4.tcp_rmem": "4096 131072 6291456" },
    ignorePreflightErrors: ["Swap"],
  };
  expect(Object.keys(everything)).toEqual(CLUSTER_PROPERTIES);
  expect(check(everything)).toEqual([]);
});

it("accepts values that become known only later", () => {
  const later = { image: output("node"), flavor: Promise.resolve("node.small") };
  expect(
    check({ ...mini, controlPlane: { machine: later }, network: { externalNetwork: output("public"), cidr: "10.40.0.0/16" } }),
  ).toEqual([]);
});

it("requires the three properties without a default", () => {
  expect(check({})).toEqual([
    "network: is missing; give it a value",
    "apiEndpoint: is missing; give it a value",
    "controlPlane: is missing; give it a value",
  ]);
});

it("names every property that is of the wrong kind, missing or unknown, with its path", () => {
  const wrong = {
    network: { externalNetwork: "public", cidr: 10, name: "nodes" },
    apiEndpoint: { type: "ingress", allowedCidrs: "all" },
    controlPlane: { count: "3", machine: { image: "", flavour: "node.small" }, extraEnvs: { apiServer: { "GO-GC": "300", "1": "" } } },
    pools: { a: 3, b: { count: "2", machine: "node", taints: [{ key: 3 }] } },
    scale: { nodes: 0, pods: 1.5 },
    kubernetesVersion: 1.36,
    nodeCidrMask: 30,
    cni: {},
    ssh: { port: 0, bastion: {} },
    kubelet: { maxPods: 1.5, configuration: [] },
    registries: { mirrors: { "docker.io": "https://mirror.example.com" } },
    sysctls: { "net.core.somaxconn": [4096] },
    ignorePreflightErrors: "Swap",
    workers: 3,
  };
  expect(check(wrong)).toEqual([
    "network.cidr: 10 is not allowed: expected string, received number",
    "network.name: is not a property here; use one of externalNetwork, cidr, dnsServers, router, nodeCidrs, nodePortCidrs, or remove it",
    'apiEndpoint.type: "ingress" is not allowed: use "floatingIp" or "vip" or "octavia" or "external"',
    'controlPlane.count: "3" is not allowed: expected number, received string',
    'controlPlane.machine.image: "" is not allowed: must be a text that is not empty',
    "controlPlane.machine.flavor: is missing; give it a value",
    'controlPlane.machine.flavour: is not a property here; use "flavor", or remove it',
    `controlPlane.extraEnvs.apiServer.1: "1" is not allowed: ${VARIABLE_NAME}`,
    `controlPlane.extraEnvs.apiServer.GO-GC: "GO-GC" is not allowed: ${VARIABLE_NAME}`,
    "pools.a: 3 is not allowed: must be an object with count and machine, or imported",
    'pools.b.count: "2" is not allowed: expected number, received string',
    'pools.b.machine: "node" is not allowed: expected object, received string',
    "pools.b.taints[0].key: 3 is not allowed: expected string, received number",
    "pools.b.taints[0].effect: is missing; give it a value",
    "scale.nodes: 0 is not allowed: Too small: expected number to be >=1",
    "scale.pods: 1.5 is not allowed: expected int, received number",
    "kubernetesVersion: 1.36 is not allowed: expected string, received number",
    "nodeCidrMask: 30 is not allowed: Too big: expected number to be <=28",
    "cni.type: is missing; give it a value",
    "ssh.port: 0 is not allowed: Too small: expected number to be >=1",
    "ssh.bastion.host: is missing; give it a value",
    "ssh.bastion.hostKey: is missing; give it a value",
    "kubelet.maxPods: 1.5 is not allowed: expected int, received number",
    "kubelet.configuration: is not allowed: expected record, received array",
    'registries.mirrors.docker.io: "https://mirror.example.com" is not allowed: expected array, received string',
    "sysctls.net.core.somaxconn: is not allowed: must be a number or a text",
    'ignorePreflightErrors: "Swap" is not allowed: expected array, received string',
    `workers: is not a property here; use one of ${CLUSTER_PROPERTIES.join(", ")}, or remove it`,
  ]);
});

it.each(["public", null, 3])("refuses %j as a network", (network) => {
  expect(check({ ...mini, network })).toEqual([
    `network: ${JSON.stringify(network)} is not allowed: must be an object with externalNetwork and cidr, or adopt and cidr`,
  ]);
});

it("requires both ids of an adopted network", () => {
  expect(check({ ...mini, network: { adopt: { networkId: "n" }, cidr: "10.40.0.0/16" } })).toEqual([
    "network.adopt.subnetId: is missing; give it a value",
  ]);
});

it("never shows a private key", () => {
  const privateKey = "-----BEGIN PRIVATE KEY-----";
  const bastion = { host: "bastion.example.com", hostKey: "ssh-ed25519 AAAA", privateKey: [privateKey] };
  expect(check({ ...mini, ssh: { keyPair: { privateKey }, bastion } })).toEqual([
    "ssh.keyPair: is not allowed: must have publicKey and privateKey",
    "ssh.bastion.privateKey: is not allowed: must be a text that is not empty",
  ]);
  expect(check({ ...mini, ssh: { keyPair: privateKey } })).toEqual(["ssh.keyPair: is not allowed: must have publicKey and privateKey"]);
});

it("returns the valid properties, so that the rules check nothing else", () => {
  const sound = checkShape({ ...mini, podCidr: 5, pools: { a: 3 } }, new Problems());
  expect([...sound]).toEqual(CLUSTER_PROPERTIES.filter((property) => property !== "podCidr" && property !== "pools"));
});

it("names the topologies of etcd", () => {
  expect(check({ ...mini, etcd: { topology: "both" } })).toEqual(['etcd.topology: "both" is not allowed: use "stacked" or "external"']);
});

it("names the levels of pod security and the types of event limits", () => {
  const controlPlane = {
    machine,
    podSecurity: { enforce: "strict", version: "latest" },
    eventRateLimits: [{ type: "Pod", qps: 0, burst: 1.5 }],
  };
  expect(check({ ...mini, controlPlane })).toEqual([
    'controlPlane.podSecurity.enforce: "strict" is not allowed: use "privileged" or "baseline" or "restricted"',
    "controlPlane.podSecurity.version: is not a property here; use one of enforce, warn, audit, exemptNamespaces, or remove it",
    'controlPlane.eventRateLimits[0].type: "Pod" is not allowed: use "Server" or "Namespace" or "User" or "SourceAndObject"',
    "controlPlane.eventRateLimits[0].qps: 0 is not allowed: use at least 1",
    "controlPlane.eventRateLimits[0].burst: 1.5 is not allowed: use a whole number from 1 to 2147483647",
  ]);
});
