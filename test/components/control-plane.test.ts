import * as pulumi from "@pulumi/pulumi";
import { beforeAll, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { ControlPlane, type ControlPlaneArgs, KubernetesCluster } from "../../components/index.ts";
import { checkCredentials } from "../../components/pki/credentials.ts";
import type { KubernetesClusterArgs } from "../../lib/cluster/settings.ts";
import { createCa } from "../../lib/pki/certificates.ts";
import type { KeyPair } from "../../lib/pki/key-pair.ts";
import { certificatesIn } from "../../lib/pki/pem.ts";
import { Problems } from "../../lib/problems.ts";
import { changes, remembered } from "../support/changes.ts";
import { ID, machine, mini } from "../support/cluster-args.ts";
import { deploy, isSecret, type Registered } from "../support/deploy.ts";
import { filesOf, orderOf, stdinOf, variable } from "../support/orders.ts";

/** Three control planes behind an external endpoint, in an adopted network. */
const three: KubernetesClusterArgs = {
  ...mini,
  network: { adopt: { networkId: ID, subnetId: ID }, cidr: "10.40.0.0/16" },
  apiEndpoint: { type: "external", host: "api.example.com", allowedCidrs: ["198.51.100.0/24"] },
  controlPlane: { count: 3, machine },
};
const names = ["ha-control-plane-0", "ha-control-plane-1", "ha-control-plane-2"];
let plan: Registered[];

beforeAll(async () => {
  plan = await deploy(() => new KubernetesCluster("ha", three));
});

const find = (type: string, name: string) => plan.find((resource) => resource.type.endsWith(`:${type}`) && resource.name === name);

it("makes a port, a server and a command for each control plane, and one contact and one server group for all", () => {
  const children = plan.filter(({ parent }) => parent === "ha-control-plane").map(({ type, name }) => `${type.split(":").pop()} ${name}`);
  expect(children).toEqual([
    "ServerGroup ha-control-plane",
    "Instance ha-control-plane-0",
    "Port ha-control-plane-0",
    "Command ha-control-plane-0-kubeadm",
    "Instance ha-control-plane-1",
    "Port ha-control-plane-1",
    "Command ha-control-plane-1-kubeadm",
    "Instance ha-control-plane-2",
    "Port ha-control-plane-2",
    "Command ha-control-plane-2-kubeadm",
    "Command ha-control-plane-contact",
    "Stash ha-control-plane-fixed",
    "Command ha-control-plane-members",
  ]);
});

const rotating = (use: number, ...trust: number[]): KubernetesClusterArgs => ({
  ...three,
  certificates: { rotation: { encryptionKey: { use, trust } } },
});

it("rotates a key by the control planes' commands, one after another, and then by a command and a record of its own", async () => {
  const steps: string[][] = [];
  let before = plan;
  let kept = plan;
  for (const args of [rotating(1, 1, 2), rotating(2, 1, 2), rotating(2, 2)]) {
    const after = await deploy(() => new KubernetesCluster("ha", args), kept);
    steps.push(changes(before, after));
    kept = remembered(kept, after);
    before = after;
  }
  const commands = names.map((name) => `~ command:remote:Command ${name}-kubeadm: stdin`);
  const record = "pulumi:index:Stash ha-control-plane-rotation";
  const ofKeys = "pulumi:index:Stash ha-pki-";
  expect(steps).toEqual([
    [
      ...commands,
      "+ command:local:Command ha-control-plane-keys",
      `+ ${record}`,
      `+ ${ofKeys}encryption-2`,
      `+ ${ofKeys}rotation`,
      `+ ${ofKeys}virtual-address`,
    ],
    [...commands, "~ command:local:Command ha-control-plane-keys: stdin", `~ ${record}: input`, `~ ${ofKeys}rotation: input`],
    [
      ...commands,
      "~ command:local:Command ha-control-plane-keys: stdin",
      `~ ${record}: input`,
      `~ ${ofKeys}rotation: input`,
      `- ${ofKeys}encryption`,
    ],
  ]);
  const found = (name: string) => before.find((resource) => resource.name === name);
  expect(found("ha-control-plane-keys")?.dependencies).toContain("ha-control-plane-members");
  expect(found("ha-control-plane-rotation")?.dependencies).toEqual(["ha-control-plane-keys"]);
  expect(found("ha-control-plane-0-kubeadm")?.dependencies).toContain("ha-pki-rotation");
  const { hosts, afterwards } = orderOf(before, "ha-control-plane-keys");
  expect([hosts, afterwards?.hosts.map(({ name }) => name)]).toEqual([[], names]);
  expect(variable(afterwards?.input ?? "", "KEY_PHASES")).toBe("encryptionKey=2:2");
  expect(variable(stdinOf(before, "ha-control-plane-0-kubeadm"), "KEY_PHASES")).toBe("encryptionKey=2:2");
});

it("rotates the cluster's CA on control planes, then on workers, and then records the step", async () => {
  const rotating = (use: number, ...trust: number[]) => ({ ...three, certificates: { rotation: { clusterCa: { use, trust } } } });
  const steps: string[][] = [];
  const bundles: string[] = [];
  let before = plan;
  let kept = plan;
  for (const args of [rotating(1, 1, 2), rotating(2, 1, 2), rotating(2, 2)]) {
    const after = await deploy(() => new KubernetesCluster("ha", args), kept);
    steps.push(changes(before, after));
    bundles.push(variable(orderOf(after, "ha-default-join-0").input ?? "", "CA_CERTIFICATE"));
    kept = remembered(kept, after);
    before = after;
  }
  const commands = names.map((name) => `~ command:remote:Command ${name}-kubeadm: stdin`);
  const provider = "~ pulumi:providers:kubernetes ha-kubernetes: kubeconfig";
  const join = "~ command:local:Command ha-default-join-0: stdin";
  const later = [
    ...commands,
    "~ command:local:Command ha-control-plane-keys: stdin",
    "~ pulumi:index:Stash ha-control-plane-rotation: input",
    join,
    provider,
    "~ pulumi:index:Stash ha-pki-rotation: input",
    "~ pulumi:index:Stash ha-rotation: input",
  ];
  expect(steps).toEqual([
    [
      ...commands,
      "+ command:local:Command ha-control-plane-keys",
      "+ pulumi:index:Stash ha-control-plane-rotation",
      join,
      provider,
      "+ pulumi:index:Stash ha-pki-cluster-2",
      "+ pulumi:index:Stash ha-pki-rotation",
      "+ pulumi:index:Stash ha-rotation",
    ],
    later,
    // The first CA stays in the state, because the cluster's identity is that of its resource.
    later,
  ]);
  const certificates = bundles.map((base64) => certificatesIn(Buffer.from(base64, "base64").toString()));
  const [[first, second]] = certificates as [[string, string]];
  expect(certificates).toEqual([[first, second], [second, first], [second]]);
  const found = (name: string) => before.find((resource) => resource.name === name);
  expect(found("ha-default-join-0")?.dependencies).toContain("ha-control-plane-2-kubeadm");
  expect(found("ha-rotation")?.dependencies).toEqual(expect.arrayContaining(["ha-default-join-0", "ha-control-plane-keys"]));
  expect(found("ha-rotation")?.inputs).toEqual({ input: { clusterCa: { use: 2, trust: [2] } } });
  const input = stdinOf(before, "ha-control-plane-0-kubeadm");
  expect(variable(input, "KEY_PHASES")).toBe("clusterCa=2:2");
  expect(
    filesOf(input)
      .find(({ path }) => path.endsWith("pki/signing-ca.crt"))
      ?.content.trim(),
  ).toBe(second);
});

it("leaves the join contract's CA as it is in a cluster whose CA was never rotated", () => {
  const cas = Buffer.from(variable(orderOf(plan, "ha-default-join-0").input ?? "", "CA_CERTIFICATE"), "base64").toString();
  expect(certificatesIn(cas)).toHaveLength(1);
});

it("refuses trusted keys that are more or fewer than the generations", async () => {
  await deploy(() => {
    const credentials = { ...({} as ControlPlaneArgs["credentials"]), rotation: { encryptionKey: { use: 1, trust: [1, 2] } } };
    const problems = new Problems();
    checkCredentials({ ...credentials, etcdCa: pulumi.output({ certificate: "", privateKey: "" }) }, "stacked", problems);
    expect(problems.lines).toEqual([
      "trusted.encryptionKeys: has 0 keys, and rotation.encryptionKey trusts 1 beside the one in use; give as many",
    ]);
  });
});

it("gives ports further security groups, in place", async () => {
  const controlPlane = { count: 3, machine: { ...machine, securityGroups: [ID] } };
  const more = await deploy(() => new KubernetesCluster("ha", { ...three, controlPlane }));
  expect(more.find(({ type, name }) => type.endsWith(":Port") && name === names[0])?.inputs.securityGroupIds).toEqual([
    "ha-network-nodes-id",
    "ha-network-control-plane-id",
    ID,
  ]);
});

it("has further names in the API's certificate, beside those of its endpoint, and no others for kubelets", async () => {
  const certSANs = ["k8s.example.com", "api.example.com", "192.0.2.7"];
  const named = await deploy(() => new KubernetesCluster("ha", { ...three, controlPlane: { count: 3, machine, certSANs } }));
  const input = stdinOf(named, "ha-control-plane-0-kubeadm");
  const init = filesOf(input).find(({ path }) => path.endsWith("/init.yaml"))!;
  const [, cluster] = parseAllDocuments(init.content).map((document) => document.toJS());
  expect(cluster.apiServer.certSANs).toEqual(["api.example.com", "k8s.example.com", "192.0.2.7"]);
  expect(variable(input, "API_ADDRESSES")).toBe("");
});

it("starts each control plane only after the one before", () => {
  const starts = names.map((name) => `${name}-kubeadm`);
  const waitsFor = starts.map((name) => find("Command", name)?.dependencies.filter((dependency) => starts.includes(dependency)));
  expect(waitsFor).toEqual([[], [starts[0]], [starts[1]]]);
});

it("gives each its own port, whose address stays when the server is replaced", () => {
  expect(names.map((name) => find("Port", name)?.inputs)).toEqual(
    names.map((name) => ({
      name,
      networkId: ID,
      fixedIps: [{ subnetId: ID }],
      securityGroupIds: ["ha-network-nodes-id", "ha-network-control-plane-id"],
      tags: ["caravan-cluster=ha"],
    })),
  );
  expect(names.map((name) => find("Instance", name)?.inputs.networks)).toEqual(names.map((name) => [{ port: `${name}-id` }]));
});

it("removes control planes that are no longer wanted after the last start, and none when it is deleted itself", () => {
  const members = find("Command", "ha-control-plane-members");
  expect(members?.dependencies).toContain("ha-control-plane-2-kubeadm");
  expect(members?.inputs).not.toHaveProperty("delete");
  const { hosts, afterwards } = orderOf(plan, "ha-control-plane-members");
  expect(hosts).toEqual([]);
  expect(afterwards?.hosts.map(({ name }) => name)).toEqual(names);
  expect(variable(afterwards?.input ?? "", "WANTED_NODES")).toBe(names.join(" "));
  expect(variable(afterwards?.input ?? "", "ETCD")).toBe("stacked");
});

it("gives all of them the same input, beside their own facts", () => {
  const inputs = names.map((name) => stdinOf(plan, `${name}-kubeadm`));
  const facts = ["NODE_NAME", "NODE_ADDRESS", "INSTANCE_ID", "FIRST_NODE", "PEERS"];
  const peers = "10.40.0.10:6443 10.40.0.11:6443 10.40.0.12:6443";
  expect(inputs.map((input) => facts.map((fact) => variable(input, fact)))).toEqual(
    names.map((name, index) => [name, `10.40.0.1${index}`, `${name}-id`, "ha-control-plane-0", peers]),
  );
  const files = inputs.map((input) => variable(input, "FILES"));
  expect(files[0]).toMatch(/^0644 \/etc\/kubernetes\/pki\/ca\.crt /);
  expect(new Set(files).size).toBe(1);
});

it("configures the API for the endpoint of nodes and users", () => {
  const init = filesOf(stdinOf(plan, "ha-control-plane-0-kubeadm")).find(({ path }) => path.endsWith("/init.yaml"));
  const [, cluster] = parseAllDocuments(init?.content ?? "").map((document) => document.toJS());
  expect(cluster).toMatchObject({
    clusterName: "ha",
    kubernetesVersion: "v1.36.3",
    controlPlaneEndpoint: "api.example.com:6443",
    networking: { podSubnet: "10.244.0.0/16", serviceSubnet: "10.96.0.0/12" },
    apiServer: { certSANs: ["api.example.com"] },
    proxy: { disabled: true },
  });
});

it("pins the host keys that the contact learnt", () => {
  const connections = names.map((name) => JSON.parse(JSON.stringify(find("Command", `${name}-kubeadm`)?.inputs.connection)).value);
  expect(connections).toMatchObject(
    names.map((name, index) => ({ host: `10.40.0.1${index}`, user: "root", port: 22, hostKey: `ecdsa-sha2-nistp256 key-of-${name}` })),
  );
  expect(orderOf(plan, "ha-control-plane-contact").hosts.map((host) => host.hostKey)).toEqual([undefined, undefined, undefined]);
});

it("lets workers join through the endpoint once the last control plane runs, and manages them on any control plane", () => {
  const order = orderOf(plan, "ha-default-join-0");
  const controlPlanes = names.map((name, index) => `${name} 10.40.0.1${index}`);
  expect(variable(order.input, "API_ENDPOINT")).toBe("api.example.com:6443");
  expect([order.beforehand, order.afterwards].map((task) => task?.hosts.map(({ name, address }) => `${name} ${address}`))).toEqual([
    controlPlanes,
    controlPlanes,
  ]);
  expect(order.ssh).not.toHaveProperty("bastion");
  expect(find("Command", "ha-default-join-0")?.dependencies).toContain("ha-control-plane-2-kubeadm");
});

it("reaches workers through the control plane with the floating IP", async () => {
  const plan = await deploy(() => new KubernetesCluster("mini", { ...mini, ssh: { port: 2222 } }));
  expect(orderOf(plan, "mini-control-plane-contact").hosts).toMatchObject([{ address: "10.40.0.10", sshHost: "203.0.113.10" }]);
  expect(orderOf(plan, "mini-default-join-0").ssh).toMatchObject({
    user: "root",
    port: 2222,
    bastion: { host: "203.0.113.10", port: 2222, hostKey: "ecdsa-sha2-nistp256 key-of-mini-control-plane-0" },
  });
});

it("reaches all nodes through a given bastion", async () => {
  const bastion = { host: "bastion.example.com", hostKey: "ssh-ed25519 AAAA", user: "jump" };
  const plan = await deploy(() => new KubernetesCluster("mini", { ...mini, ssh: { bastion } }));
  const orders = ["mini-control-plane-contact", "mini-default-contact-0", "mini-default-join-0"].map((name) => orderOf(plan, name));
  expect(orders.map(({ ssh }) => ssh.bastion)).toEqual([bastion, bastion, bastion]);
  // At its own address, because the bastion cannot reach the API's address.
  expect(orderOf(plan, "mini-control-plane-contact").hosts[0]).not.toHaveProperty("sshHost");
  const start = plan.find(({ name }) => name === "mini-control-plane-0-kubeadm")?.inputs.connection as { value: unknown };
  expect(start.value).toMatchObject({ proxy: { ...bastion, port: 22 } });
});

it("lets the first one start the cluster in its creation and never in an update, which another machine gets", () => {
  for (const name of names) {
    const { create, update, triggers } = find("Command", `${name}-kubeadm`)!.inputs;
    expect([create, update].map((command) => String(command).includes("FIRST_RUN=yes"))).toEqual([true, false]);
    expect(triggers).toBeUndefined();
  }
});

/** Arguments of plain data only: no other component is needed. */
async function plainArgs(): Promise<ControlPlaneArgs> {
  const [clusterCa, frontProxyCa, etcdCa] = await Promise.all(["cluster", "front-proxy", "etcd"].map((name) => createCa(name)));
  return {
    clusterName: "demo",
    kubernetesVersion: "1.36.3",
    machine,
    network: { networkId: "network", subnetId: "subnet", securityGroups: ["nodes"] },
    securityGroupIds: ["nodes-id"],
    endpoint: { host: "api.example.com" },
    credentials: {
      clusterCa: clusterCa!,
      frontProxyCa: frontProxyCa!,
      etcdCa: etcdCa!,
      serviceAccountKey: { publicKey: "public", privateKey: "private" },
      encryptionKey: "key",
    },
    ssh: { user: "root", port: 22, privateKey: "key", publicKey: "ssh-ed25519 AAAA demo" },
    cidrs: { podCidr: "10.244.0.0/16", serviceCidr: "10.96.0.0/12", nodeCidrMask: 24 },
  };
}

it("accepts credentials of any program, which stay secrets", async () => {
  const args = await plainArgs();
  let controlPlane: ControlPlane | undefined;
  const plan = await deploy(() => {
    controlPlane = new ControlPlane("demo", args);
  });
  const files = filesOf(stdinOf(plan, "demo-0-kubeadm"));
  const contentOf = (name: string) => files.find(({ path }) => path === `/etc/kubernetes/pki/${name}`)?.content;
  const [clusterCa, frontProxyCa, etcdCa] = [
    args.credentials.clusterCa,
    args.credentials.frontProxyCa,
    args.credentials.etcdCa,
  ] as KeyPair[];
  expect(["ca.crt", "ca.key", "front-proxy-ca.key", "etcd/ca.key", "sa.pub", "sa.key"].map(contentOf)).toEqual([
    clusterCa!.certificate,
    clusterCa!.privateKey,
    frontProxyCa!.privateKey,
    etcdCa!.privateKey,
    "public",
    "private",
  ]);
  expect(isSecret(plan.find(({ name }) => name === "demo-0-kubeadm")?.inputs.stdin)).toBe(true);
  expect(await pulumi.isSecret(pulumi.output(controlPlane!.join.ca))).toBe(true);
  // Without the cluster's lifetime, nothing is `deletedWith` it.
  expect(plan.find(({ name }) => name === "demo-members")?.deletedWith).toBe("");
  expect(controlPlane!.join).not.toHaveProperty("lifetime");
});

it("refuses invalid credentials before it registers anything", async () => {
  const { credentials, ...args } = await plainArgs();
  const { etcdCa: _, ...others } = credentials;
  const wrong = { ...others, frontProxyCa: { certificate: "none", privateKey: "none" } };
  const registered = await deploy(() => {
    expect(() => new ControlPlane("demo", { ...args, credentials: wrong })).toThrow(
      'control plane "demo" has 2 invalid properties:\n' +
        "  credentials.frontProxyCa: has no certificate in PEM form (-----BEGIN CERTIFICATE-----); give the CA's certificate\n" +
        "  credentials.etcdCa: is missing; etcd's members on the control planes need it, so give one, or an etcd of its own",
    );
  });
  expect(registered).toEqual([]);
});

it.each([
  ["1.36.3", undefined, undefined],
  ["1.37.2", undefined, "3.6.11-0"],
  ["1.37.2", "3.7.0-0", "3.7.0-0"],
])(
  "runs Kubernetes %s with etcdVersion %s on etcd %s, where undefined is kubeadm's own",
  async (kubernetesVersion, etcdVersion, imageTag) => {
    const given = { ...(await plainArgs()), kubernetesVersion, ...(etcdVersion === undefined ? {} : { etcdVersion }) };
    const plan = await deploy(() => void new ControlPlane("demo", given));
    const input = stdinOf(plan, "demo-0-kubeadm");
    const init = filesOf(input).find(({ path }) => path.endsWith("/init.yaml"));
    const [, cluster] = parseAllDocuments(init?.content ?? "").map((document) => document.toJS());
    expect([cluster.kubernetesVersion, cluster.etcd.local.imageTag, variable(input, "KUBERNETES_VERSION")]).toEqual([
      `v${kubernetesVersion}`,
      imageTag,
      kubernetesVersion,
    ]);
  },
);

it("refuses a tag of etcd that is none", async () => {
  const given = { ...(await plainArgs()), etcdVersion: "3.5.21-0" };
  await expect(deploy(() => void new ControlPlane("demo", given))).rejects.toThrow(
    'etcdVersion: "3.5.21-0" is not the tag of a known etcd image',
  );
});
