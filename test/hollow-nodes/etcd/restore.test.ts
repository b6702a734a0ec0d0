import { chmodSync, copyFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { nodeScript } from "../../../lib/node/scripts.ts";
import { KEYS, s3Store } from "../../support/s3-store.ts";
import { ScriptedNode } from "../../support/scripted-node.ts";
import { BackupMachine } from "./machine.ts";
import { PROGRAMS, startEtcd } from "./real-etcd.ts";

it("restores the data of the snapshot alone, with revisions that only grow", async () => {
  const [machine, etcd, store] = [new BackupMachine(), await startEtcd(), await s3Store()];
  for (let number = 0; number < 100; number++) await etcd.put(`/registry/before-${number}`, "value");
  const facts = { kubernetesVersion: "1.36.3", encryptionKeys: ["k1"], clusterCa: "ca1", serviceAccountKey: "sa1" };
  const settings = {
    ...{ cluster: "demo", facts, every: 3600, keep: 86400, recipient: "age1public", manifestKey: "aa".repeat(32) },
    ...{ folder: join(machine.folder, "state"), etcd: { endpoint: etcd.endpoint, dataFolder: etcd.dataFolder } },
    store: { type: "s3", endpoint: store.url, bucket: "backups", ...KEYS },
  };
  expect(await machine.run("backup", settings)).toMatchObject({ code: 0 });
  for (let number = 0; number < 100; number++) await etcd.put(`/registry/after-${number}`, "value");
  const before = await etcd.revision();
  await etcd.stop();

  const { store: place, manifestKey } = settings;
  const wanted = { store: place, snapshot: "latest", identity: "AGE-SECRET-KEY-public", manifestKey, facts: { ...facts, cluster: "demo" } };
  const fetched = join(machine.folder, "fetched");
  expect(await machine.runFromInput("fetch", wanted, fetched, "3.6.8")).toMatchObject({ code: 0 });

  const node = new ScriptedNode();
  const work = join(node.folder, "var/lib/caravan/etcd-restore");
  mkdirSync(work, { recursive: true });
  copyFileSync(join(fetched, "snapshot.db"), join(work, "snapshot.db"));
  copyFileSync(join(PROGRAMS, "etcdutl"), join(work, "etcdutl"));
  chmodSync(join(work, "etcdutl"), 0o755);
  const definitions = nodeScript("restoreEtcd").replace(/\n[^\n]*$/, "");
  const call = "place_restored; run 'restore the snapshot' restore_data";
  expect(node.run(definitions, call, { ETCD: "external", RESTORE: "1" })).toMatchObject({ code: 0 });

  const restored = await startEtcd(join(node.folder, "var/lib/etcd"));
  expect(await restored.get("/registry/before-99")).toBe("value");
  expect(await restored.get("/registry/after-0")).toBeUndefined();
  const after = await restored.revision();
  expect(after).toBeGreaterThan(before + 999_000_000);
  // Whoever watched from a revision of before is told to list again.
  const body = JSON.stringify({ key: Buffer.from("/registry/before-1").toString("base64"), revision: String(before) });
  const answer = await fetch(`${restored.endpoint}/v3/kv/range`, { method: "POST", body });
  expect(await answer.json()).toMatchObject({ message: "etcdserver: mvcc: required revision has been compacted" });
  await restored.stop();
  rmSync(node.folder, { recursive: true, force: true });
});
