import { output } from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { checkShape } from "../../../lib/cluster/schema.ts";
import { machine, mini } from "../../support/cluster-args.ts";
import { problemsOf } from "../../support/problems.ts";

const check = (pool: object) => problemsOf((problems) => checkShape({ ...mini, pools: { pool } }, problems));

const settings = {
  labels: { tier: "web" },
  taints: [{ key: "gpu", effect: "NoSchedule" }],
  drainSeconds: 60,
  kubelet: { maxPods: 50, configuration: { imageGCHighThresholdPercent: 90 } },
  containerRuntime: { cgroupDriver: "systemd", configuration: "version = 2\n" },
  registries: { mirrors: { "docker.io": ["https://mirror.example.com"] } },
};

it("accepts every property of a pool of machines", () => {
  const everything = {
    ...machine,
    availabilityZones: ["nova"],
    volume: { size: 40, type: "fast" },
    serverGroup: { policy: "affinity" },
    securityGroups: [output("id")],
    tags: ["a"],
    metadata: { b: "c" },
  };
  const network = { networkId: output("id"), subnetId: output("id"), cidr: "10.50.0.0/24" };
  expect(check({ count: 2, without: ["0"], machine: everything, network, ...settings })).toEqual([]);
  expect(check({ count: 2, machine: { ...machine, serverGroup: { id: output("id") } } })).toEqual([]);
});

it("accepts every property of a pool of imported servers", () => {
  const bastion = { host: "192.0.2.1", hostKey: "ssh-ed25519 AAAA" };
  const ssh = { user: "admin", port: 2222, privateKey: output("key"), bastion };
  expect(check({ imported: [{ name: "dgx-1", address: "192.0.2.10", hostKey: "ssh-ed25519 BBBB" }], ssh, ...settings })).toEqual([]);
});

it("names the problems of the kind of pool that was meant", () => {
  expect(check({ imported: [{ name: "dgx-1" }], count: 2, machine })).toEqual([
    "pools.pool.imported[0].address: is missing; give it a value",
    "pools.pool.count: is not a property here; use one of labels, taints, drainSeconds, upgrade, kubernetesVersion, kubelet, containerRuntime, registries, files, preKubeadmCommands, postKubeadmCommands, imported, ssh, or remove it",
    "pools.pool.machine: is not a property here; use one of labels, taints, drainSeconds, upgrade, kubernetesVersion, kubelet, containerRuntime, registries, files, preKubeadmCommands, postKubeadmCommands, imported, ssh, or remove it",
  ]);
  expect(check({ count: 2, ssh: {} })).toEqual([
    "pools.pool.machine: is missing; give it a value",
    "pools.pool.ssh: is not a property here; use one of count, without, machine, labels, taints, drainSeconds, upgrade, kubernetesVersion, kubelet, containerRuntime, registries, files, preKubeadmCommands, postKubeadmCommands, network, or remove it",
  ]);
});

it("names the problems of the kind of server group that was meant", () => {
  const wrong = (serverGroup: unknown) => check({ count: 1, machine: { ...machine, serverGroup } });
  expect(wrong({ id: "" })).toEqual(['pools.pool.machine.serverGroup.id: "" is not allowed: must be a text that is not empty']);
  expect(wrong({ polcy: "affinity" })).toEqual([
    "pools.pool.machine.serverGroup.policy: is missing; give it a value",
    'pools.pool.machine.serverGroup.polcy: is not a property here; use "policy", or remove it',
  ]);
});

it("never shows a private key", () => {
  const privateKey = ["-----BEGIN PRIVATE KEY-----"];
  expect(check({ imported: [], ssh: { privateKey, user: 3 } })).toEqual([
    "pools.pool.ssh.user: 3 is not allowed: expected string, received number",
    "pools.pool.ssh.privateKey: is not allowed: must be a text that is not empty",
  ]);
});
