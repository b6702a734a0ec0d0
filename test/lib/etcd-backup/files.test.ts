import { readdirSync } from "node:fs";
import { expect, it } from "vitest";
import { minutesOf } from "../../../lib/etcd-backup/duration.ts";
import { backupFacts, manifestKey } from "../../../lib/etcd-backup/facts.ts";
import { type BackupFilesArgs, backupFiles } from "../../../lib/etcd-backup/files.ts";
import { createCa } from "../../../lib/pki/certificates.ts";
import type { KeyPair } from "../../../lib/pki/key-pair.ts";

const s3 = { endpoint: "https://s3.example.com", bucket: "backups", accessKey: "me", secretKey: "secret" };
const facts = { kubernetesVersion: "1.36.3", encryptionKeys: ["k1"], clusterCa: "ca1", serviceAccountKey: "sa1" };
const args: BackupFilesArgs = { clusterName: "demo", backup: { recipient: "age1public", s3 }, facts, manifestKey: "key" };

it("writes the program, its settings and its timer; only root reads the settings", () => {
  const files = backupFiles(args);
  const modules = readdirSync(new URL("../../../lib/scripts/etcd-backup/", import.meta.url)).sort();
  expect(files.map(({ path, mode }) => `${mode} ${path}`)).toEqual([
    ...modules.map((module) => `0644 /usr/local/lib/caravan/etcd-backup/${module}`),
    "0600 /etc/kubernetes/caravan/etcd-backup.json",
    "0644 /etc/systemd/system/caravan-etcd-backup.service",
    "0644 /etc/systemd/system/caravan-etcd-backup.timer",
  ]);
  const [settings, service, timer] = files.slice(-3).map(({ content }) => content);
  expect(JSON.parse(settings!)).toEqual({
    ...{ cluster: "demo", facts, every: 3600, keep: 1209600, recipient: "age1public", manifestKey: "key" },
    folder: "/var/lib/caravan/etcd-backup",
    etcd: {
      ...{ endpoint: "https://127.0.0.1:2379", dataFolder: "/var/lib/etcd", ca: "/etc/kubernetes/pki/etcd/ca.crt" },
      ...{ certificate: "/etc/kubernetes/pki/etcd/server.crt", key: "/etc/kubernetes/pki/etcd/server.key" },
    },
    store: { type: "s3", ...s3 },
  });
  expect(service).toBe(`[Unit]
Description=Back etcd up

[Service]
Type=oneshot
EnvironmentFile=-/etc/caravan/proxy.env
ExecStart=/usr/bin/python3 -IB /usr/local/lib/caravan/etcd-backup/backup.py /etc/kubernetes/caravan/etcd-backup.json
SuccessExitStatus=3
Nice=10
TimeoutStartSec=3600
`);
  expect(timer).toContain("[Timer]\nOnActiveSec=30\nOnUnitInactiveSec=300\nAccuracySec=5\n");
});

it("looks more often where backups are more frequent", () => {
  const content = backupFiles({ ...args, backup: { ...args.backup, every: "5m" } }).at(-1)?.content;
  expect(content).toContain("OnUnitInactiveSec=30\n");
});

it("tells keys and CAs by ids that reveal nothing of them", async () => {
  const ca = await createCa("kubernetes");
  const key = Buffer.alloc(32, 1).toString("base64");
  const told = backupFacts({
    kubernetesVersion: "1.36.3",
    encryptionKeys: [key],
    clusterCa: ca,
    serviceAccountKey: { publicKey: "PEM\n" },
  });
  expect(told).toEqual({
    kubernetesVersion: "1.36.3",
    encryptionKeys: ["72cd6e8422c407fb"],
    clusterCa: expect.stringMatching(/^[0-9a-f]{16}$/),
    serviceAccountKey: expect.stringMatching(/^[0-9a-f]{16}$/),
  });
  expect(manifestKey(ca)).toMatch(/^[0-9a-f]{64}$/);
  expect(manifestKey(ca)).not.toBe(manifestKey(await createCa("kubernetes")));
});

it("tells the other CAs that are trusted while the cluster's is rotated", async () => {
  const [ca, other] = [await createCa("kubernetes"), await createCa("kubernetes")];
  const tell = (used: KeyPair, others: KeyPair[]) =>
    backupFacts({
      kubernetesVersion: "1.36.3",
      encryptionKeys: [],
      clusterCa: used,
      trustedClusterCas: others.map(({ certificate }) => certificate),
      serviceAccountKey: { publicKey: "PEM" },
    });
  expect(tell(ca, [])).not.toHaveProperty("trustedClusterCas");
  expect(tell(ca, [other]).trustedClusterCas).toEqual([tell(other, []).clusterCa]);
});

it("tells the keys of all generations that may have encrypted Secrets while the key is rotated", async () => {
  const ca = await createCa("kubernetes");
  const encryptionKeys = [2, 1].map((byte) => Buffer.alloc(32, byte).toString("base64"));
  const told = backupFacts({ kubernetesVersion: "1.36.3", encryptionKeys, clusterCa: ca, serviceAccountKey: { publicKey: "PEM\n" } });
  expect(told.encryptionKeys).toEqual(["75877bb41d393b5f", "72cd6e8422c407fb"]);
});

it.each([
  ["14d", 20160],
  ["1d2h3m", 1563],
  ["90m", 90],
  ["", Number.NaN],
  ["1w", Number.NaN],
] as const)("reads the duration %j", (text, minutes) => {
  expect(minutesOf(text)).toBe(minutes);
});
