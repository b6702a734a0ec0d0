import { setTimeout } from "node:timers/promises";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, expect, it } from "vitest";
import { parse } from "yaml";
import { KubernetesCluster, NodePool } from "../../components/index.ts";
import type { KubernetesClusterArgs } from "../../lib/cluster/settings.ts";
import { tunnelPort } from "../../lib/ssh/tunnel.ts";
import { changes } from "../support/changes.ts";
import { ID, machine, mini } from "../support/cluster-args.ts";
import { deploy, type Registered, revealed, settled } from "../support/deploy.ts";
import { orderOf, variable } from "../support/orders.ts";

const OTHER = "c0ffee00-1111-4222-9333-444455556666";

let cluster: KubernetesCluster;
let plan: Registered[];

beforeAll(async () => {
  plan = await deploy(() => {
    cluster = new KubernetesCluster("mini", mini);
  });
});

const planOf = (args: KubernetesClusterArgs, before: Registered[] = []) => deploy(() => new KubernetesCluster("mini", args), before);

/** Lists the resources that have an option, with its value. */
const having = (option: "ignoreChanges" | "replaceOnChanges" | "replaceWith" | "deletedWith" | "deleteBeforeReplace" | "protect") =>
  plan
    .filter((resource) => resource[option].toString().replace("false", "") !== "")
    .map((resource) => `${shortType(resource)} ${resource.name}: ${resource[option]}`);

it("makes exactly these resources", () => {
  expect(plan.map(({ type, name, parent }) => `${type} ${name} < ${parent}`)).toEqual([
    "caravan:index:KubernetesCluster mini < ",
    "caravan:index:ApiEndpoint mini-api < mini",
    "openstack:networking/floatingIp:FloatingIp mini-api < mini-api",
    "openstack:networking/floatingIpAssociate:FloatingIpAssociate mini-api < mini-api",
    "caravan:index:CiliumNetwork mini-cilium < mini",
    "kubernetes:helm.sh/v3:Release mini-cilium < mini-cilium",
    "kubernetes:cilium.io/v2:CiliumClusterwideNetworkPolicy mini-cilium-metadata < mini-cilium",
    "caravan:index:ControlPlane mini-control-plane < mini",
    "openstack:compute/instance:Instance mini-control-plane-0 < mini-control-plane",
    "openstack:networking/port:Port mini-control-plane-0 < mini-control-plane",
    "command:remote:Command mini-control-plane-0-kubeadm < mini-control-plane",
    "command:local:Command mini-control-plane-contact < mini-control-plane",
    "pulumi:index:Stash mini-control-plane-fixed < mini-control-plane",
    "command:local:Command mini-control-plane-members < mini-control-plane",
    "caravan:index:NodePool mini-default < mini",
    "openstack:compute/instance:Instance mini-default-0 < mini-default",
    "openstack:compute/instance:Instance mini-default-1 < mini-default",
    "command:local:Command mini-default-contact-0 < mini-default",
    "command:local:Command mini-default-join-0 < mini-default",
    "pulumi:index:Stash mini-default-owner < mini-default",
    "pulumi:index:Stash mini-fixed < mini",
    "pulumi:providers:kubernetes mini-kubernetes < mini",
    "command:local:Command mini-leftovers < mini",
    "caravan:index:ClusterNetwork mini-network < mini",
    "openstack:networking/network:Network mini-network < mini-network",
    "openstack:networking/router:Router mini-network < mini-network",
    "openstack:networking/routerInterface:RouterInterface mini-network < mini-network",
    "openstack:networking/subnet:Subnet mini-network < mini-network",
    "openstack:networking/secGroup:SecGroup mini-network-control-plane < mini-network",
    "openstack:networking/secGroupRule:SecGroupRule mini-network-control-plane-api-198-51-100-0-24 < mini-network",
    "openstack:networking/secGroupRule:SecGroupRule mini-network-control-plane-ssh-198-51-100-0-24 < mini-network",
    "command:local:Command mini-network-leftovers < mini-network",
    "openstack:networking/secGroup:SecGroup mini-network-nodes < mini-network",
    "openstack:networking/secGroupRule:SecGroupRule mini-network-nodes-internal < mini-network",
    "caravan:index:ClusterPki mini-pki < mini",
    "pulumi:index:Stash mini-pki-administrator < mini-pki",
    "pulumi:index:Stash mini-pki-cluster < mini-pki",
    "pulumi:index:Stash mini-pki-encryption < mini-pki",
    "pulumi:index:Stash mini-pki-etcd < mini-pki",
    "pulumi:index:Stash mini-pki-front-proxy < mini-pki",
    "pulumi:index:Stash mini-pki-service-account < mini-pki",
    "caravan:index:SshKey mini-ssh < mini",
    "pulumi:index:Stash mini-ssh-pair < mini-ssh",
  ]);
});

it("names the subnet of every machine's address where a network may have several", async () => {
  const [NODES, FAR] = ["1c0ffee0-1111-4222-9333-444455556666", "2c0ffee0-1111-4222-9333-444455556666"];
  const all = await planOf({
    ...mini,
    network: { adopt: { networkId: ID, subnetId: NODES }, cidr: "10.40.0.0/16", externalNetwork: "public" },
    apiEndpoint: { type: "octavia", allowedCidrs: ["198.51.100.0/24"] },
    etcd: { topology: "external", members: 3, machine },
    ssh: { bastion: { machine } },
    pools: {
      default: { count: 1, machine },
      far: { count: 1, machine, network: { networkId: OTHER, subnetId: FAR, cidr: "10.50.0.0/24" } },
      metal: { imported: [{ name: "dgx-1", address: "192.0.2.10" }] },
    },
  });
  const of = (type: string) => all.filter((each) => each.type.endsWith(`:${type}`));
  const nodes = ["bastion", "control-plane-0", "default-0", "etcd-0", "etcd-1", "etcd-2"].map((name) => `mini-${name}`);
  expect(of("Port").map(({ name, inputs }) => [name, inputs.networkId, inputs.fixedIps])).toEqual(
    [...nodes.map((name) => [name, ID, [{ subnetId: NODES }]]), ["mini-far-0", OTHER, [{ subnetId: FAR }]]].sort(),
  );
  expect(of("Instance").map(({ name, inputs }) => [name, inputs.networks])).toEqual(
    [...nodes, "mini-far-0"].sort().map((name) => [name, [{ port: `${name}-id` }]]),
  );
  // Nodes come from all of their networks to the load balancer, and reach each other by the group that workers' ports have as well.
  expect(of("Listener").map(({ inputs }) => inputs.allowedCidrs)).toEqual([
    ["10.40.0.0/16", "10.50.0.0/24", "192.0.2.10/32", "198.51.100.0/24"],
  ]);
  const groups = of("Port")
    .filter(({ name }) => /default|far/.test(name))
    .map(({ inputs }) => inputs.securityGroupIds);
  expect(groups).toEqual([["mini-network-nodes-id"], ["mini-network-nodes-id"]]);
});

it("creates cloud objects after the resource whose deletion removes orphans, and that after the mark that identifies them", () => {
  const of = (type: string) => plan.filter((each) => each.type === `caravan:index:${type}`).flatMap(({ dependencies }) => dependencies);
  for (const type of ["SshKey", "ClusterNetwork", "ApiEndpoint", "ControlPlane", "NodePool"]) expect(of(type)).toEqual(["mini-leftovers"]);
  expect(plan.find(({ name }) => name === "mini-leftovers")?.dependencies).toEqual(["mini-pki-cluster"]);
  expect(plan.find(({ name }) => name === "mini-network-leftovers")?.dependencies).toEqual(["mini-network", "mini-pki-cluster"]);
});

it("keeps recorded values, and ignores later changes of a control plane's machine", () => {
  expect(having("ignoreChanges")).toEqual([
    "FloatingIp mini-api: description,pool,valueSpecs,subnetIds",
    "CiliumClusterwideNetworkPolicy mini-cilium-metadata: metadata.namespace",
    "Instance mini-control-plane-0: imageId,blockDevices,schedulerHints,configDrive,userData,keyPair,availabilityZone",
    "Stash mini-control-plane-fixed: input",
    "Instance mini-default-0: userData,keyPair,availabilityZone",
    "Instance mini-default-1: userData,keyPair,availabilityZone",
    "Stash mini-default-owner: input",
    "Stash mini-fixed: input",
    "Command mini-leftovers: environment.CARAVAN_IN_PROJECT,environment.CARAVAN_AT_CREATION",
    "Network mini-network: description",
    "Router mini-network: description",
    "SecGroup mini-network-control-plane: description",
    "SecGroupRule mini-network-control-plane-api-198-51-100-0-24: description",
    "SecGroupRule mini-network-control-plane-ssh-198-51-100-0-24: description",
    "Command mini-network-leftovers: environment.CARAVAN_IN_PROJECT,environment.CARAVAN_AT_CREATION",
    "SecGroup mini-network-nodes: description",
    "SecGroupRule mini-network-nodes-internal: description",
    "Stash mini-pki-administrator: input",
    "Stash mini-pki-cluster: input",
    "Stash mini-pki-encryption: input",
    "Stash mini-pki-etcd: input",
    "Stash mini-pki-front-proxy: input",
    "Stash mini-pki-service-account: input",
    "Stash mini-ssh-pair: input",
  ]);
});

it("replaces workers whose image changes or whose creation failed, and credentials with their CA", () => {
  // Commands get this option from their SDK.
  expect(having("replaceOnChanges").filter((line) => !line.startsWith("Command "))).toEqual([
    "Instance mini-default-0: imageId,#initerror",
    "Instance mini-default-1: imageId,#initerror",
  ]);
  expect(having("replaceWith")).toEqual(["Stash mini-pki-administrator: mini-pki-cluster"]);
});

it("deletes a control plane before its successor, which needs the same port, and an association before another address of the port", () => {
  expect(having("deleteBeforeReplace")).toEqual(["FloatingIpAssociate mini-api: true", "Instance mini-control-plane-0: true"]);
});

it("does not delete objects that are deleted with another one", () => {
  expect(having("deletedWith")).toEqual([
    "FloatingIpAssociate mini-api: mini-api",
    "CiliumNetwork mini-cilium: mini-pki-cluster",
    "Release mini-cilium: mini-pki-cluster",
    "CiliumClusterwideNetworkPolicy mini-cilium-metadata: mini-pki-cluster",
    "Command mini-control-plane-0-kubeadm: mini-control-plane-0",
    "Command mini-control-plane-members: mini-pki-cluster",
    "Command mini-default-join-0: mini-pki-cluster",
    "SecGroupRule mini-network-control-plane-api-198-51-100-0-24: mini-network-control-plane",
    "SecGroupRule mini-network-control-plane-ssh-198-51-100-0-24: mini-network-control-plane",
    "SecGroupRule mini-network-nodes-internal: mini-network-nodes",
  ]);
});

it("protects no resource, so that one command destroys the cluster", () => {
  expect(having("protect")).toEqual([]);
});

it("returns access for its users, and keeps the keys secret", async () => {
  expect(await settled(cluster.endpoint)).toBe("https://203.0.113.10:6443");
  expect(await settled(cluster.kubeconfig)).toContain("server: https://203.0.113.10:6443\n");
  expect(await settled(cluster.controlPlanes)).toEqual([{ name: "mini-control-plane-0", address: "10.40.0.10" }]);
  expect(await settled(cluster.pools.default!)).toEqual([
    { name: "mini-default-0-0000000", address: "10.40.1.0" },
    { name: "mini-default-1-0000000", address: "10.40.1.1" },
  ]);
  expect(await Promise.all([cluster.kubeconfig, cluster.sshPrivateKey].map((output) => pulumi.isSecret(output)))).toEqual([true, true]);
  expect(await pulumi.isSecret(pulumi.all([cluster.endpoint, cluster.controlPlanes, cluster.pools.default!]))).toBe(false);
});

it("returns the arguments of its own pools, without its lifetime, as plain data and a secret for pools of other stacks", async () => {
  const { join, ssh, network, ...software } = await settled(cluster.poolContract);
  expect(software).toEqual({ clusterName: "mini", kubernetesVersion: expect.any(String) });
  expect(Object.keys(join).sort()).toEqual(["ca", "controlPlanes", "endpoint"]);
  expect(network).toEqual({
    networkId: expect.any(String),
    subnetId: expect.any(String),
    securityGroupIds: ["mini-network-nodes-id"],
    ready: expect.any(String),
    securityGroups: [expect.any(String)],
  });
  expect(ssh).toMatchObject({
    user: "root",
    port: 22,
    privateKey: expect.stringContaining("PRIVATE KEY"),
    bastion: { host: "203.0.113.10" },
  });
  expect(await pulumi.isSecret(cluster.poolContract)).toBe(true);
});

it("changes nothing in a second plan", async () => {
  expect(changes(plan, await planOf(mini, plan))).toEqual([]);
});

it("adds a worker and updates its batch, and changes nothing else", async () => {
  expect(changes(plan, await planOf({ ...mini, pools: { default: { count: 3, machine } } }, plan))).toEqual([
    "+ openstack:compute/instance:Instance mini-default-2",
    "~ command:local:Command mini-default-contact-0: stdin",
    "~ command:local:Command mini-default-join-0: stdin",
  ]);
});

it("adds a pool without a change of others", async () => {
  expect(changes(plan, await planOf({ ...mini, pools: { ...mini.pools, batch: { count: 1, machine } } }, plan))).toEqual([
    "+ caravan:index:NodePool mini-batch",
    "+ openstack:compute/instance:Instance mini-batch-0",
    "+ command:local:Command mini-batch-contact-0",
    "+ command:local:Command mini-batch-join-0",
    "+ pulumi:index:Stash mini-batch-owner",
  ]);
});

it("gives a pool a version of its own, without a change of others", async () => {
  const held = await planOf({ ...mini, pools: { default: { count: 2, machine, kubernetesVersion: "1.35.4" } } }, plan);
  expect(changes(plan, held)).toEqual([
    "~ command:local:Command mini-default-contact-0: stdin",
    "~ command:local:Command mini-default-join-0: stdin",
  ]);
  const { input, rolling } = orderOf(held, "mini-default-join-0");
  const versions = [input, rolling?.begin.input, rolling?.end.input].map((each = "") => variable(each, "KUBERNETES_VERSION"));
  expect([versions, variable(input, "PACKAGE_REPOSITORY")]).toEqual([
    ["1.35.4", "1.35.4", "1.35.4"],
    "https://pkgs.k8s.io/core:/stable:/v1.35/deb/",
  ]);
});

it("opens the API to one more network by one more rule, without a change of others", async () => {
  const apiEndpoint = { ...mini.apiEndpoint, allowedCidrs: ["203.0.113.0/24", "198.51.100.0/24"] };
  expect(changes(plan, await planOf({ ...mini, apiEndpoint, ssh: { allowedCidrs: ["198.51.100.0/24"] } }, plan))).toEqual([
    // The component's arguments have the new rule, too.
    "~ caravan:index:ClusterNetwork mini-network: rules",
    "+ openstack:networking/secGroupRule:SecGroupRule mini-network-control-plane-api-203-0-113-0-24",
  ]);
});

it("keeps a control plane when its image's name changes, and replaces workers", async () => {
  const newer = { ...machine, image: "newer" };
  const args = { ...mini, controlPlane: { machine: newer }, pools: { default: { count: 2, machine: newer } } };
  expect(changes(plan, await planOf(args, plan))).toEqual([
    "~ openstack:compute/instance:Instance mini-default-0: imageId",
    "~ openstack:compute/instance:Instance mini-default-1: imageId",
  ]);
});

it('runs kube-proxy and installs no network plugin with type "none"', async () => {
  expect(changes(plan, await planOf({ ...mini, cni: { type: "none" } }))).toEqual(
    expect.arrayContaining([
      "- caravan:index:CiliumNetwork mini-cilium",
      "- kubernetes:helm.sh/v3:Release mini-cilium",
      "- kubernetes:cilium.io/v2:CiliumClusterwideNetworkPolicy mini-cilium-metadata",
    ]),
  );
});

it("gives the provider of its objects a kubeconfig that is known only once the last control plane has started and former ones are gone", () => {
  const provider = plan.find(({ name }) => name === "mini-kubernetes")!;
  expect(provider.inputs).toMatchObject({
    kubeconfig: { value: expect.stringContaining("203.0.113.10") },
    clusterIdentifier: "mini-pki-cluster-id",
  });
  expect(provider.dependencies).toEqual([
    "mini-api",
    "mini-control-plane-0-kubeadm",
    "mini-control-plane-members",
    "mini-pki-administrator",
    "mini-pki-cluster",
  ]);
});

/** Returns the dependencies of a user's own object that waits for the cluster; `undefined` when it is not created. */
async function dependenciesOfOwn(args: KubernetesClusterArgs, failing: string[] = []): Promise<string[] | undefined> {
  const registered = await deploy(
    () => {
      const { provider, ready } = new KubernetesCluster("mini", args);
      const own = new kubernetes.core.v1.Namespace("own", { metadata: { name: "own" } }, { provider, dependsOn: ready });
      pulumi.recover(own.urn, () => "");
    },
    [],
    failing,
  );
  return registered.find(({ name }) => name === "own")?.dependencies;
}

it("lets users' objects wait for the API, the network plugin and all nodes by a few resources, for any number of nodes", async () => {
  const controlPlane = ["mini-control-plane-0-kubeadm", "mini-control-plane-members"];
  expect(await dependenciesOfOwn(mini)).toEqual(["mini-cilium", ...controlPlane, "mini-default-join-0"]);
  expect(await dependenciesOfOwn({ ...mini, cni: { type: "none" }, pools: {} })).toEqual(controlPlane);
});

it("does not create objects that wait for nodes that have not joined, and fails only programs with such objects", async () => {
  const failing = ["mini-default-join-0"];
  const registered = await deploy(() => new KubernetesCluster("mini", mini), [], failing);
  expect(registered.length).toBe(plan.length);
  const listeners = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection").on("unhandledRejection", () => {});
  expect(await dependenciesOfOwn(mini, failing)).toBeUndefined();
  await setTimeout(100); // Node reports rejections once all that waits for the failure has settled
  process.removeAllListeners("unhandledRejection");
  for (const listener of listeners) process.on("unhandledRejection", listener);
});

it("returns its parts' data, for further components in the same program", async () => {
  let cluster: KubernetesCluster | undefined;
  const etcd = { topology: "external" as const, members: 3, machine, ciliumEtcd: true };
  const registered = await deploy(() => {
    cluster = new KubernetesCluster("mini", { ...mini, etcd, ssh: { bastion: { machine } } });
    new NodePool("more", { ...cluster.poolArgs, pool: "more", machine, count: 1 });
  });
  const { network, apiEndpoint, credentials, etcd: client, ciliumEtcd } = cluster!;
  expect(registered.find(({ name }) => name === "more-join-0")?.dependencies).toContain("mini-control-plane-0-kubeadm");
  expect(await settled(pulumi.output({ ...network, ready: undefined }))).toMatchObject({
    networkId: "mini-network-id",
    subnetId: "mini-network-id",
  });
  expect(await settled(pulumi.output(apiEndpoint))).toEqual({ host: "203.0.113.10", sshHost: "203.0.113.10" });
  expect(await settled(pulumi.output([client!.endpoints, ciliumEtcd!.endpoints]))).toEqual(
    [2379, 2479].map((port) => [0, 1, 2].map((ordinal) => `https://10.40.0.1${ordinal}:${port}`)),
  );
  const { lifetime: _, ...secrets } = credentials;
  const outputs = [...Object.values(secrets), client!.client, ciliumEtcd!.client];
  expect(await Promise.all(outputs.map((output) => pulumi.isSecret(output as pulumi.Output<unknown>)))).toEqual(Array(7).fill(true));
});

it("records a step of Cilium's etcd when the network plugin and all nodes have it", async () => {
  const etcd = { topology: "external" as const, members: 3, machine, ciliumEtcd: true };
  const args = { ...mini, etcd, ssh: { bastion: { machine } } };
  const rotation = { ciliumEtcdCa: { use: 1, trust: [1, 2] } };
  const before = await deploy(() => new KubernetesCluster("mini", args));
  const after = await deploy(() => new KubernetesCluster("mini", { ...args, certificates: { rotation } }), before);
  expect(changes(before, after)).toEqual([
    "~ kubernetes:helm.sh/v3:Release mini-cilium: values",
    "~ kubernetes:core/v1:Secret mini-cilium-etcd: data",
    ...[0, 1, 2].map((member) => `~ command:remote:Command mini-etcd-${member}-etcd: stdin`),
    "+ pulumi:index:Stash mini-pki-cilium-etcd-2",
    "+ pulumi:index:Stash mini-pki-rotation",
    "+ pulumi:index:Stash mini-rotation",
  ]);
  const recorded = after.find(({ name }) => name === "mini-rotation");
  expect(recorded?.inputs).toEqual({ input: rotation });
  expect(recorded?.dependencies).toEqual(expect.arrayContaining(["mini-cilium", "mini-default-join-0"]));
  expect(after.find(({ name }) => name === "mini-etcd-0-etcd")?.dependencies).toContain("mini-pki-rotation");
});

it("refuses bad arguments, all at once and before it registers anything", async () => {
  const wrong = { ...mini, controlPlane: { count: 3, machine }, pools: { default: { count: 2, machine, without: ["2"] } } };
  const registered = await deploy(() => {
    expect(() => new KubernetesCluster("mini", wrong)).toThrow(
      'Kubernetes cluster "mini" has 2 invalid properties:\n' +
        '  apiEndpoint.type: "floatingIp" reaches one control plane, not 3; use "octavia", "vip" or "external", or set controlPlane.count to 1\n' +
        '  pools.default.without[0]: "2" is no key of a pool of 2; leave it out',
    );
  });
  expect(registered).toEqual([]);
});

function shortType({ type }: Registered): string {
  return type.split(":").pop()!;
}

it("reaches a private API through the bastion: the program's own provider has a proxy, and users' kubeconfig none", async () => {
  const args: KubernetesClusterArgs = {
    ...mini,
    apiEndpoint: { type: "vip", floatingIp: false, allowedCidrs: ["198.51.100.0/24"] },
    ssh: { bastion: { machine } },
  };
  const before = await planOf(args);
  const kubeconfigOf = (all: Registered[]) => revealed(all.find(({ type }) => type === "pulumi:providers:kubernetes")?.inputs.kubeconfig);
  const proxy = `http://127.0.0.1:${tunnelPort("mini-pki-cluster-id")}`;
  expect(parse(kubeconfigOf(before)).clusters[0].cluster).toMatchObject({ server: "https://10.40.0.19:8443", "proxy-url": proxy });
  expect(changes(before, await planOf(args, before))).toEqual([]);
  let made: KubernetesCluster | undefined;
  await deploy(() => {
    made = new KubernetesCluster("mini", args);
  });
  expect(parse(await settled(made!.kubeconfig)).clusters[0].cluster["proxy-url"]).toBeUndefined();
  expect(parse(kubeconfigOf(await planOf(mini))).clusters[0].cluster["proxy-url"]).toBeUndefined();
});
