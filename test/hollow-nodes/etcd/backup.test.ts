import { readdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { KEYS, type ObjectStore, s3Store } from "../../support/s3-store.ts";
import { CREDENTIAL, swiftStore } from "../../support/swift-store.ts";
import { BackupMachine } from "./machine.ts";
import { type RealEtcd, startEtcd } from "./real-etcd.ts";

const facts = { kubernetesVersion: "1.36.3", encryptionKeys: ["k1"], clusterCa: "ca1", serviceAccountKey: "sa1" };
const MANIFEST_KEY = "aa".repeat(32);

const s3 = ({ url }: ObjectStore) => ({ type: "s3", endpoint: url, bucket: "backups", prefix: "clusters", region: "south", ...KEYS });
const swift = ({ url }: ObjectStore) => ({ type: "swift", authUrl: url, container: "backups", region: "south", ...CREDENTIAL });

const settingsOf = (machine: BackupMachine, { endpoint, dataFolder }: RealEtcd, store: object, others: object = {}) => ({
  ...{ cluster: "demo", facts, every: 3600, keep: 86400, recipient: "age1public", manifestKey: MANIFEST_KEY },
  ...{ folder: join(machine.folder, "state"), etcd: { endpoint, dataFolder }, store, kubeconfig: "/admin.conf" },
  ...others,
});

const recordOf = async (etcd: RealEtcd) => JSON.parse((await etcd.get("caravan.dev/etcd-backup")) ?? "{}");
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

it("backs up when it is due, and restores what was backed up", async () => {
  const [machine, etcd, store] = [new BackupMachine(), await startEtcd(), await s3Store()];
  for (let number = 0; number < 50; number++) await etcd.put(`/registry/${number}`, "value");
  const settings = settingsOf(machine, etcd, s3(store));
  const before = await etcd.revision();
  const first = await machine.run("backup", settings);
  expect(first).toEqual({
    code: 0,
    stdout: expect.stringMatching(/^backed up as \d{8}T\d{6}Z-51: revision 51, 50 keys, \d+ bytes\n$/),
    stderr: "",
  });

  const record = await recordOf(etcd);
  const { snapshot } = record;
  const at = expect.stringMatching(TIME);
  expect(record).toEqual({
    ...{ every: "3600", since: at, attempt: at, success: at, drill: at },
    ...{ snapshot, revision: String(before), keys: "50", size: expect.stringMatching(/^\d+$/) },
  });
  expect([...store.objects.keys()]).toEqual([".db.age", ".json"].map((suffix) => `/backups/clusters/demo/${snapshot}${suffix}`));
  expect(store.requests.map((request) => request.split(" ")[0])).toEqual(["PUT", "PUT"]);
  expect(readdirSync(settings.folder)).toEqual(["lock"]);
  const [call] = machine.read("kubectl-calls").split("\n");
  expect(call).toMatch(
    /^--kubeconfig \/admin.conf --request-timeout 20s --namespace kube-system patch configmap caravan-etcd-backup --type merge --patch \{"data": /,
  );

  // Not due again, unless it is asked for.
  expect(await machine.run("backup", settings)).toEqual({ code: 0, stdout: "", stderr: "" });
  await etcd.put("/registry/later", "value");
  expect(await machine.run("backup", settings, "now")).toMatchObject({ code: 0, stderr: "" });
  expect((await recordOf(etcd)).drill).toBe(record.drill);
  expect(store.objects.size).toBe(4);

  const wanted = { store: s3(store), identity: "AGE-SECRET-KEY-public", manifestKey: MANIFEST_KEY, facts: { ...facts, cluster: "demo" } };
  const target = join(machine.folder, "fetched");
  const fetched = await machine.runFromInput("fetch", { ...wanted, snapshot }, target, "3.6.8");
  expect(fetched).toMatchObject({ code: 0, stderr: "" });
  expect(readdirSync(target).sort()).toEqual(["choice", "manifest.json", "snapshot.db"]);
  expect(JSON.parse(machine.read("fetched/manifest.json"))).toEqual({
    ...facts,
    ...{ cluster: "demo", etcdVersion: "3.6.8", clusterId: expect.stringMatching(/^\d+$/), time: record.success },
    ...{ revision: 51, keys: 50, size: Number(record.size), sha256: expect.stringMatching(/^\w{64}$/) },
    ...{
      encryptedSize: Number(record.size) + 11,
      encryptedSha256: expect.stringMatching(/^\w{64}$/),
      mac: expect.stringMatching(/^\w{64}$/),
    },
  });
  // The first choice stays, although there is a later snapshot by then; another wish is another choice.
  const latest = () => machine.runFromInput("fetch", { ...wanted, snapshot: "latest" }, target, "3.7.0");
  const chosen = await latest();
  expect(chosen).toMatchObject({ code: 0, stdout: expect.not.stringContaining(`${snapshot}:`) });
  expect(await machine.run("backup", settings, "now")).toMatchObject({ code: 0 });
  expect(await latest()).toEqual(chosen);
});

it("uploads to Swift, which removes backups in time", async () => {
  const [machine, etcd, store] = [new BackupMachine(), await startEtcd(), await swiftStore()];
  await etcd.put("/registry/one", "value");
  const settings = settingsOf(machine, etcd, swift(store));
  expect(await machine.run("backup", settings)).toMatchObject({ code: 0, stderr: "" });
  const { snapshot } = await recordOf(etcd);
  const names = [".db.age", ".json"].map((suffix) => `/backups/demo/${snapshot}${suffix}`);
  expect([...store.lifetimes]).toEqual(names.map((name) => [name, "86400"]));
  const wanted = {
    store: swift(store),
    identity: "AGE-SECRET-KEY-public",
    manifestKey: MANIFEST_KEY,
    facts: { ...facts, cluster: "demo" },
  };
  const fetched = await machine.runFromInput("fetch", { ...wanted, snapshot: "latest" }, join(machine.folder, "fetched"), "3.6.8");
  expect(fetched).toMatchObject({ code: 0, stdout: expect.stringMatching(`^${snapshot}: revision 2, 1 keys`), stderr: "" });
});

it.each([
  ["a refused upload", { refused: ["PUT", 403] }, {}, / 403 Forbidden \(AccessDenied\)$/],
  ["a wrong secret key", {}, { store: { secretKey: "wrong" } }, / 403 Forbidden \(SignatureDoesNotMatch\)$/],
  [
    "a wrong recipient",
    {},
    { recipient: "ssh-rsa" },
    /^age cannot encrypt to etcd.backup.recipient: age: error: malformed recipient ssh-rsa$/,
  ],
] as const)(
  "records %s, and does not count the backup",
  async (_, { refused }: { refused?: readonly [string, number] }, others, reason) => {
    const [machine, etcd, store] = [new BackupMachine(), await startEtcd(), await s3Store()];
    await etcd.put("/registry/one", "value");
    if (refused) store.refused.set(...(refused as [string, number]));
    const settings = settingsOf(
      machine,
      etcd,
      { ...s3(store), ...("store" in others ? others.store : {}) },
      "store" in others ? {} : others,
    );
    const { code, stdout, stderr } = await machine.run("backup", settings);
    const { error, ...record } = await recordOf(etcd);
    expect(error).toMatch(reason);
    expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: "", stderr: `the backup failed: ${error}\n` });
    expect(Object.keys(record)).toEqual(["since", "every", "attempt", "drill"]);
    expect(readdirSync(settings.folder)).toEqual(["lock"]);
    expect(stderr + machine.read("kubectl-calls")).not.toContain(KEYS.secretKey);
    // It is not tried again at once.
    expect(await machine.run("backup", settings)).toEqual({ code: 0, stdout: "", stderr: "" });
  },
);

const tampered: [string, (objects: Map<string, Buffer>, name: string) => void, object, string][] = [
  [
    "a truncated",
    (all, name) => all.set(name, all.get(name)!.subarray(0, 5000)),
    {},
    "the encrypted snapshot is truncated or damaged: it is not what its manifest tells; take another one",
  ],
  [
    "a damaged",
    (all, name) => void all.get(name)!.writeUInt8(all.get(name)![9000]! ^ 1, 9000),
    {},
    "the encrypted snapshot is truncated or damaged: it is not what its manifest tells; take another one",
  ],
  [
    "another cluster's",
    () => {},
    { manifestKey: "bb".repeat(32) },
    "the snapshot is not one of this cluster: its manifest was made with another etcd CA, or was changed",
  ],
  [
    "an absent",
    () => {},
    { snapshot: "20200101T000000Z-1" },
    "there is no snapshot '20200101T000000Z-1' below demo/ in backups; the last ones are NAME",
  ],
  [
    "another key's",
    () => {},
    { identity: "AGE-SECRET-KEY-other" },
    "the snapshot cannot be decrypted with etcd.restore.identity: age: error: no identity matched any of the recipients",
  ],
  [
    "a newer Kubernetes'",
    () => {},
    { facts: { ...facts, cluster: "demo", kubernetesVersion: "1.35.4" } },
    "the snapshot is of Kubernetes 1.36.3, and the cluster has 1.35.4; restore it with kubernetesVersion 1.36.3, and upgrade afterwards",
  ],
  [
    "an older encryption key's",
    () => {},
    { facts: { ...facts, cluster: "demo", encryptionKeys: ["k2"] } },
    "Secrets in the snapshot may be encrypted with the key k1, which the stack does not have any more; take a later snapshot",
  ],
  [
    "an older CA's",
    () => {},
    { facts: { ...facts, cluster: "demo", clusterCa: "ca2" } },
    "the snapshot was made with another CA of the Kubernetes API, ca1 in place of ca2; restore it in the stack that has it",
  ],
];
it("refuses snapshots that are not whole, not the cluster's own, or do not fit", async () => {
  const [machine, etcd, store] = [new BackupMachine(), await startEtcd(), await s3Store()];
  await etcd.put("/registry/one", "value");
  const place = { ...s3(store), prefix: "" };
  expect(await machine.run("backup", settingsOf(machine, etcd, place))).toMatchObject({ code: 0 });
  const { snapshot } = await recordOf(etcd);
  const whole = new Map([...store.objects].map(([name, content]) => [name, Buffer.from(content)]));
  const wanted = {
    store: place,
    snapshot: "latest",
    identity: "AGE-SECRET-KEY-public",
    manifestKey: MANIFEST_KEY,
    facts: { ...facts, cluster: "demo" },
  };
  const outcomes = [];
  for (const [kind, change, others] of tampered) {
    for (const [name, content] of whole) store.objects.set(name, Buffer.from(content));
    change(store.objects, `/backups/demo/${snapshot}.db.age`);
    const target = join(machine.folder, kind);
    const { code, stdout, stderr } = await machine.runFromInput("fetch", { ...wanted, ...others }, target, "3.6.8");
    outcomes.push([kind, code, stdout, stderr.replace(snapshot, "NAME")]);
  }
  expect(outcomes).toEqual(tampered.map(([kind, , , reason]) => [kind, 1, "", `failed: ${reason}\n`]));
  expect((await machine.runFromInput("fetch", wanted, join(machine.folder, "newer"), "3.8.0")).stderr).toBe(
    "failed: the snapshot is of etcd 3.6.8, and the cluster runs 3.8.0; use the same minor version\n",
  );
  // While the cluster's CA is rotated, a snapshot of either generation fits.
  const rotated = { ...wanted, facts: { ...wanted.facts, clusterCa: "ca2", trustedClusterCas: ["ca1"] } };
  for (const [name, content] of whole) store.objects.set(name, Buffer.from(content));
  expect(await machine.runFromInput("fetch", rotated, join(machine.folder, "rotated"), "3.6.8")).toMatchObject({ code: 0 });
});

it("finds a snapshot that was damaged on its way from etcd", async () => {
  const machine = new BackupMachine();
  const path = join(machine.folder, "snapshot.db");
  const check = `import sys; sys.path.insert(0, "${machine.folder}/program")
from snapshot import digests, require_whole
require_whole("${path}", digests("${path}"))`;
  writeFileSync(join(machine.folder, "program", "check.py"), check);
  writeFileSync(path, Buffer.alloc(4096));
  const reason = "failure.Failure: the snapshot is truncated or damaged: its SHA-256 is not the one at its end\n";
  expect((await machine.runFromInput("check", {})).stderr.endsWith(reason)).toBe(true);
  truncateSync(path, 10);
  expect((await machine.runFromInput("check", {})).stderr.endsWith(reason)).toBe(true);
});
