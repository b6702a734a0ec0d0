import { X509Certificate } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, expect, it } from "vitest";
import { EtcdCluster, type EtcdClusterArgs } from "../../components/etcd-cluster.ts";
import { nodeScript } from "../../lib/node/scripts.ts";
import { createCa } from "../../lib/pki/certificates.ts";
import type { KeyPair } from "../../lib/pki/key-pair.ts";
import { changes } from "../support/changes.ts";
import { ID, machine } from "../support/cluster-args.ts";
import { cloudId, deploy, isSecret, type Registered, settled } from "../support/deploy.ts";
import { filesOf, orderOf, stdinOf, variable } from "../support/orders.ts";

/** Arguments of plain data only: no other component is needed. */
const args: EtcdClusterArgs = {
  members: 3,
  machine,
  clusterName: "demo",
  kubernetesVersion: "1.36.3",
  network: { networkId: "network", subnetId: "subnet", securityGroups: ["nodes"] },
  securityGroupIds: ["nodes-id"],
  ca: { certificate: "", privateKey: "" },
  ssh: { user: "debian", port: 2222, privateKey: "key", publicKey: "ssh-ed25519 AAAA demo" },
};
const names = ["etcd-0", "etcd-1", "etcd-2"];
let ciliumCa: KeyPair;
let etcd: EtcdCluster;
let plan: Registered[];

async function planOf(more: Partial<EtcdClusterArgs> = {}, before: Registered[] = []): Promise<Registered[]> {
  return deploy(() => {
    etcd = new EtcdCluster("etcd", { ...args, ...more });
  }, before);
}

beforeAll(async () => {
  args.ca = await createCa("etcd-ca");
  ciliumCa = await createCa("cilium-etcd-ca");
  plan = await planOf({ cilium: { ca: ciliumCa } });
});

const find = (type: string, name: string, resources = plan) =>
  resources.find((resource) => resource.type.endsWith(`:${type}`) && resource.name === name);

const list = (resources: Registered[]) => resources.map(({ type, name }) => `${type.split(":").at(-1)} ${name}`);

it("makes a port, a server, certificates and a command for each member, and one of each other resource for all", async () => {
  expect(list(await planOf())).toEqual([
    "EtcdCluster etcd",
    "ServerGroup etcd",
    "Instance etcd-0",
    "Port etcd-0",
    "Stash etcd-0-certificates",
    "Command etcd-0-contact",
    "Command etcd-0-etcd",
    "Instance etcd-1",
    "Port etcd-1",
    "Stash etcd-1-certificates",
    "Command etcd-1-contact",
    "Command etcd-1-etcd",
    "Instance etcd-2",
    "Port etcd-2",
    "Stash etcd-2-certificates",
    "Command etcd-2-contact",
    "Command etcd-2-etcd",
    "Stash etcd-client",
    "Stash etcd-first-run",
    "Command etcd-members",
  ]);
});

it("runs a further etcd for events with the same certificates, and makes no further resources for it", async () => {
  const plain = await planOf();
  const eventful = await planOf({ events: true });
  expect(list(eventful).filter((line) => !list(plain).includes(line))).toEqual([]);
  const input = stdinOf(eventful, "etcd-1-etcd");
  expect(variable(input, "INSTANCES").split("\n")).toEqual([
    "etcd 2379 2380 2381 /var/lib/etcd",
    "events-etcd 2579 2580 2581 /var/lib/events-etcd",
  ]);
  const files = Object.fromEntries(filesOf(input).map(({ path, content }) => [path, content]));
  expect(files["/etc/kubernetes/pki/events-etcd/server.crt"]).toBe(files["/etc/kubernetes/pki/etcd/server.crt"]);
  expect(await settled(pulumi.output(etcd.client.events!))).toEqual([
    "https://10.40.0.10:2579",
    "https://10.40.0.11:2579",
    "https://10.40.0.12:2579",
  ]);
});

it("has five members by default", async () => {
  const { members: _, ...silent } = args;
  const five = await deploy(() => new EtcdCluster("etcd", silent));
  expect(list(five).filter((line) => line.startsWith("Instance "))).toEqual([0, 1, 2, 3, 4].map((key) => `Instance etcd-${key}`));
});

it("replaces a machine only explicitly, and keeps its name and address", () => {
  for (const name of names) {
    expect(find("Instance", name)).toMatchObject({
      deleteBeforeReplace: true,
      ignoreChanges: expect.arrayContaining(["imageId", "userData", "keyPair"]),
      inputs: { name, networks: [{ port: `${name}-id` }], schedulerHints: [{ group: "etcd-id" }], tags: ["caravan-cluster=demo"] },
    });
    expect(find("Port", name)?.inputs).toEqual({
      name,
      networkId: "network",
      fixedIps: [{ subnetId: "subnet" }],
      securityGroupIds: ["nodes-id"],
      tags: ["caravan-cluster=demo"],
    });
    expect(find("Command", `${name}-etcd`)?.deletedWith).toBe(name);
  }
  expect(find("ServerGroup", "etcd")?.inputs.policies).toEqual(["soft-anti-affinity"]);
});

it("gives members further security groups", async () => {
  const more = await planOf({ machine: { ...machine, securityGroups: [ID] } });
  expect(find("Port", "etcd-0", more)?.inputs.securityGroupIds).toEqual(["nodes-id", ID]);
});

it("assigns availability zones to members in turn", async () => {
  const zoned = await planOf({ machine: { ...machine, availabilityZones: ["a", "b"] } });
  expect(names.map((name) => find("Instance", name, zoned)?.inputs.availabilityZone)).toEqual(["a", "b", "a"]);
});

it("makes data volumes in the zones of their machines where Cinder has them, in given zones otherwise", async () => {
  const zonesOf = async (more: object, own: object = {}) => {
    const zoned = await planOf({ machine: { ...machine, ...more }, dataVolume: { size: 20, ...own } });
    return names.map((name) => find("Volume", `${name}-data`, zoned)?.inputs.availabilityZone);
  };
  // The mocks' Cinder has the zones "nova" and "b".
  expect(await zonesOf({ availabilityZones: ["a", "b:compute-7"] })).toEqual([undefined, "b", undefined]);
  expect(await zonesOf({ availabilityZones: ["a", "b"] }, { availabilityZones: ["volumes-a", "volumes-b"] })).toEqual([
    "volumes-a",
    "volumes-b",
    "volumes-a",
  ]);
  expect(await zonesOf({})).toEqual([undefined, undefined, undefined]);
});

it("starts each member only after the one before, and removes others when all run", () => {
  const commands = [...names.map((name) => `${name}-etcd`), "etcd-members"];
  const waitsFor = commands.map((name) => find("Command", name)?.dependencies.filter((dependency) => commands.includes(dependency)));
  expect(waitsFor).toEqual([[], ["etcd-0-etcd"], ["etcd-1-etcd"], ["etcd-2-etcd"]]);
});

it("creates all machines at once in the first run, and changes them one after another in later runs", async () => {
  const later = await planOf({}, await planOf());
  const waitsFor = (resources: Registered[]) =>
    names.map((name) => find("Instance", name, resources)?.dependencies.filter((dependency) => dependency.endsWith("-etcd")));
  expect(waitsFor(plan)).toEqual([[], [], []]);
  expect(waitsFor(later)).toEqual([[], ["etcd-0-etcd"], ["etcd-1-etcd"]]);
});

it("waits until a resized machine votes again", async () => {
  const [before, after] = [await planOf(), await planOf({ machine: { ...machine, flavor: "node.large" } })];
  const flavors = [before, after].map((resources) => variable(stdinOf(resources, "etcd-0-etcd"), "FLAVOR_ID"));
  expect(flavors).toEqual([cloudId("flavor", "node.small"), cloudId("flavor", "node.large")]);
});

it("gives each machine the members of each etcd", () => {
  const inputs = names.map((name) => stdinOf(plan, `${name}-etcd`));
  const facts = ["NODE_NAME", "NODE_ADDRESS", "INSTANCE_ID", "PEERS", "INSTANCES", "KUBERNETES_VERSION"];
  const instances = "etcd 2379 2380 2381 /var/lib/etcd\ncilium-etcd 2479 2480 2481 /var/lib/cilium-etcd";
  expect(inputs.map((input) => facts.map((fact) => variable(input, fact)))).toEqual(
    names.map((name, index) => [name, `10.40.0.1${index}`, `${name}-id`, "10.40.0.10 10.40.0.11 10.40.0.12", instances, "1.36.3"]),
  );
});

it("signs a certificate for each member's name and address, by the CA of each etcd", () => {
  const cas = { etcd: args.ca as KeyPair, "cilium-etcd": ciliumCa };
  for (const [instance, ca] of Object.entries(cas)) {
    names.forEach((name, index) => {
      const folder = `/etc/kubernetes/pki/${instance}`;
      for (const role of ["server", "peer"]) {
        const certificate = new X509Certificate(contentOf(name, `${folder}/${role}.crt`));
        expect(certificate.subject).toBe(`CN=${name}`);
        expect(certificate.subjectAltName).toBe(`DNS:localhost, DNS:${name}, IP Address:127.0.0.1, IP Address:10.40.0.1${index}`);
        expect(certificate.verify(new X509Certificate(ca.certificate).publicKey)).toBe(true);
      }
      expect(contentOf(name, `${folder}/ca.crt`)).toBe(ca.certificate);
    });
  }
});

it("rotates its CA: all trust the new one, then it signs, then the old one goes", async () => {
  const [first, second] = [args.ca as KeyPair, await createCa("etcd-ca")];
  const phases: Partial<EtcdClusterArgs>[] = [
    {},
    { trustedCas: [second.certificate] },
    { ca: second, caGeneration: 2, trustedCas: [first.certificate] },
    { ca: second, caGeneration: 2 },
  ];
  const signed = [...names.map((name) => `${name}-certificates`), "etcd-client"];
  const triggersOf = (resources: Registered[]) => signed.map((name) => find("Stash", name, resources)?.replacementTrigger);
  const triggers: unknown[][] = [];
  const bundles: string[] = [];
  let last: Registered[] = [];
  for (const [index, phase] of phases.entries()) {
    // The engine makes a Stash anew whose trigger has changed.
    last = await planOf(phase, index === 2 ? last.filter(({ name }) => !signed.includes(name)) : last);
    triggers.push(triggersOf(last));
    bundles.push(filesOf(stdinOf(last, "etcd-0-etcd")).find(({ path }) => path === "/etc/kubernetes/pki/etcd/ca.crt")!.content);
    expect(await settled(pulumi.output(etcd.client.ca))).toBe(bundles.at(-1));
  }
  expect(bundles).toEqual([
    first.certificate,
    `${first.certificate}${second.certificate}`,
    `${second.certificate}${first.certificate}`,
    second.certificate,
  ]);
  expect(triggers.map((each) => triggers.findIndex((other) => isDeepStrictEqual(each, other)))).toEqual([0, 0, 2, 2]);
  expect(signed.map((_, index) => isDeepStrictEqual(triggers[0]![index], triggers[2]![index]))).toEqual([false, false, false, false]);
  const client = await settled(pulumi.output(etcd.client.client));
  expect(new X509Certificate(client.certificate).verify(new X509Certificate(second.certificate).publicKey)).toBe(true);
});

it("rotates the CA of Cilium's etcd, and leaves Kubernetes' etcd as it is", async () => {
  const second = await createCa("cilium-etcd-ca");
  const trusting = await planOf({ cilium: { ca: ciliumCa, caGeneration: 1, trustedCas: [second.certificate] } }, plan);
  const signed = ["etcd-0-cilium-certificates", "etcd-1-cilium-certificates", "etcd-2-cilium-certificates", "etcd-cilium-client"];
  const using = await planOf(
    { cilium: { ca: second, caGeneration: 2, trustedCas: [ciliumCa.certificate] } },
    // The engine makes a Stash anew whose trigger has changed.
    trusting.filter(({ name }) => !signed.includes(name)),
  );
  const commands = names.map((name) => `~ command:remote:Command ${name}-etcd: stdin`);
  expect(changes(plan, trusting)).toEqual(commands);
  expect(changes(trusting, using)).toEqual(commands);
  const triggered = using.filter(({ name, replacementTrigger: now }) => {
    const before = trusting.find((each) => each.name === name)?.replacementTrigger;
    return !isDeepStrictEqual(before, now);
  });
  expect(triggered.map(({ name }) => name).sort()).toEqual(signed);
  const files = (resources: Registered[]) => filesOf(stdinOf(resources, "etcd-0-etcd")).filter(({ path }) => path.endsWith("/ca.crt"));
  expect(files(using).map(({ path, content }) => [path, content])).toEqual([
    ["/etc/kubernetes/pki/etcd/ca.crt", (args.ca as KeyPair).certificate],
    ["/etc/kubernetes/pki/cilium-etcd/ca.crt", `${second.certificate}${ciliumCa.certificate}`],
  ]);
  const { ca, caGeneration, client } = etcd.ciliumClient!;
  expect([await settled(pulumi.output(ca)), caGeneration]).toEqual([`${second.certificate}${ciliumCa.certificate}`, 2]);
  const { certificate } = await settled(pulumi.output(client));
  expect(new X509Certificate(certificate).verify(new X509Certificate(second.certificate).publicKey)).toBe(true);
});

it("never sends a CA's key to a machine", () => {
  const everything = names.flatMap((name) => filesOf(stdinOf(plan, `${name}-etcd`)).map(({ content }) => content));
  for (const { privateKey } of [args.ca as KeyPair, ciliumCa]) {
    expect(everything.filter((content) => content.includes(privateKey.split("\n")[1]!))).toEqual([]);
  }
});

it("keeps certificates and commands secret", () => {
  const stashes = plan.filter(({ type }) => type === "pulumi:index:Stash");
  expect(stashes.filter(({ inputs }) => !isSecret(inputs.input))).toEqual([]);
  expect(names.filter((name) => !isSecret(find("Command", `${name}-etcd`)?.inputs.stdin))).toEqual([]);
});

it("returns the endpoints for clients once all members are healthy", async () => {
  await planOf({ cilium: { ca: ciliumCa } });
  const [client, cilium] = [etcd.client, etcd.ciliumClient!];
  const endpoints = await Promise.all([client, cilium].map((each) => settled(pulumi.output(each.endpoints))));
  expect(endpoints).toEqual([2379, 2479].map((port) => [10, 11, 12].map((host) => `https://10.40.0.${host}:${port}`)));
  expect(await settled(pulumi.output(client.ca))).toBe((args.ca as KeyPair).certificate);
  const certificates = await Promise.all([client, cilium].map((each) => settled(pulumi.output(each.client))));
  expect(certificates.map(({ certificate }) => new X509Certificate(certificate).subject)).toEqual([
    "CN=kube-apiserver-etcd-client",
    "CN=cilium",
  ]);
  expect(await settled(pulumi.output(client.ready))).toBe("etcd-members-id");
  expect(await settled(etcd.members)).toEqual(names.map((name, index) => ({ name, address: `10.40.0.1${index}` })));
});

it("returns the same certificates in every later run", async () => {
  const before = await planOf();
  const after = await planOf({}, before);
  const [one, other] = [before, after].map((resources) => filesOf(stdinOf(resources, "etcd-0-etcd")));
  expect(other).toEqual(one);
});

it("lets the first member start an etcd in its creation and never in an update, which another machine gets", () => {
  for (const name of names) {
    const { create, update, triggers } = find("Command", `${name}-etcd`)!.inputs;
    expect([create, update].map((command) => String(command).includes("FIRST_RUN=yes"))).toEqual([true, false]);
    expect(triggers).toBeUndefined();
    expect(variable(stdinOf(plan, `${name}-etcd`), "FIRST_MEMBER")).toBe("etcd-0");
  }
});

it("adds and removes members without a change of other machines", async () => {
  const three = await planOf();
  const five = await planOf({ members: 5 }, three);
  const machines = (lines: string[]) => lines.filter((line) => /Instance|Port|Stash/.test(line));
  expect(machines(changes(three, five))).toEqual(
    ["etcd-3", "etcd-4"].flatMap((name) => [
      `+ openstack:compute/instance:Instance ${name}`,
      `+ openstack:networking/port:Port ${name}`,
      `+ pulumi:index:Stash ${name}-certificates`,
    ]),
  );
});

it("removes members that are no longer wanted on one that is, and none when it is deleted itself", () => {
  const { hosts, afterwards } = orderOf(plan, "etcd-members");
  expect(hosts).toEqual([]);
  expect(afterwards).toMatchObject({
    hosts: names.map((name, index) => ({ name, address: `10.40.0.1${index}`, hostKey: `ecdsa-sha2-nistp256 key-of-${name}` })),
    script: nodeScript("reconcileEtcd"),
  });
  expect(variable(afterwards!.input, "WANTED_MEMBERS")).toBe("etcd-0 etcd-1 etcd-2");
  expect(find("Command", "etcd-members")?.inputs.delete).toBeUndefined();
});

it("never recreates a volume for another type, zone or mark", async () => {
  const volumes = await planOf({ dataVolume: { size: 20, type: "fast" } });
  expect(find("Volume", "etcd-1-data", volumes)?.ignoreChanges).toEqual(["description", "volumeType", "availabilityZone"]);
});

it("gives each member a volume that outlives its machine", async () => {
  const volumes = await planOf({ dataVolume: { size: 20, type: "fast" }, mark: "id-of-the-stack" });
  expect(find("Volume", "etcd-1-data", volumes)?.inputs).toEqual({
    name: "etcd-1-data",
    size: 20,
    volumeType: "fast",
    enableOnlineResize: true,
    description: "caravan-cluster=demo id-of-the-stack etcd-1-data",
    metadata: { "caravan-cluster": "demo" },
  });
  expect(find("VolumeAttach", "etcd-1-data", volumes)).toMatchObject({
    retainOnDelete: true,
    inputs: { instanceId: "etcd-1-id", volumeId: "etcd-1-data-id" },
  });
  expect(variable(stdinOf(volumes, "etcd-1-etcd"), "VOLUME_ID")).toBe("etcd-1-data-id");
  expect(variable(stdinOf(volumes, "etcd-1-etcd"), "VOLUME_GIB")).toBe("20");
});

it("names all problems at once", () => {
  const wrong = { ...args, members: 2, settings: { quotaBytes: 1 } };
  expect(() => new EtcdCluster("etcd", wrong)).toThrow(
    'etcd "etcd" has 2 invalid properties:\n  members: 2 is not a number of members; use 3, 5, 7\n' +
      "  settings.quotaBytes: 1 is not a size for etcd; use a whole number from 16777216 to 17179869184",
  );
});

function contentOf(member: string, path: string): string {
  return filesOf(stdinOf(plan, `${member}-etcd`)).find((file) => file.path === path)?.content ?? "";
}
