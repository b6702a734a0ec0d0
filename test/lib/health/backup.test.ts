import { expect, it } from "vitest";
import { backupFindings } from "../../../lib/health/backup.ts";
import type { BackupRecord, Observations } from "../../../lib/health/observations.ts";

const FIX = "see `journalctl -u caravan-etcd-backup` on the machines of etcd's members";
const object = { kind: "backup of etcd", name: "prod" };

const nothing: Observations = { cluster: "prod", time: "2026-11-28T12:00:00Z", machines: [], imported: [], certificates: [], reports: [] };
const reported = (...records: BackupRecord[]): Observations => ({
  ...nothing,
  reports: records.map((backup, place) => ({ machine: `etcd-${place}`, report: { value: { etcds: [], certificates: [], backup } } })),
});
const good = { every: "3600", since: "2026-11-01T12:00:00Z", attempt: "2026-11-28T11:30:00Z", success: "2026-11-28T11:30:00Z" };

it("finds nothing without backups, and after a backup in time", () => {
  expect(backupFindings(nothing)).toEqual([]);
  expect(backupFindings(reported(good))).toEqual([]);
});

it("goes by the newest record of the members, and by that in the API", () => {
  const old = { ...good, attempt: "2026-11-27T11:30:00Z", success: "2026-11-27T11:30:00Z" };
  expect(backupFindings(reported(old, good))).toEqual([]);
  const objects = { version: "v1.36.3", nodes: [], pods: [], daemonSets: [], deployments: [], apiServices: [], backup: old };
  expect(backupFindings({ ...nothing, api: { server: "", readyz: { value: "" }, objects: { value: objects } } })).toEqual([
    {
      id: "backup-overdue",
      severity: "critical",
      object,
      reason: "the last backup is older than two intervals",
      since: "2026-11-27T11:30:00Z",
      fix: FIX,
    },
  ]);
});

it.each([
  [{}, [["backup-overdue", "warning", "no backup has been tried yet", undefined]]],
  [
    { ...good, success: "2026-11-28T09:59:00Z", error: "etcd does not answer" },
    [
      ["backup-overdue", "critical", "the last backup is older than two intervals", "2026-11-28T09:59:00Z"],
      ["backup-failed", "warning", "the last backup failed: etcd does not answer", good.attempt],
    ],
  ],
  [
    { every: "3600", since: "2026-11-28T08:00:00Z", attempt: "2026-11-28T11:59:00Z", error: "PUT: 403", drillError: "no" },
    [
      ["backup-overdue", "critical", "there has never been a backup", "2026-11-28T08:00:00Z"],
      ["backup-failed", "warning", "the last backup failed: PUT: 403", "2026-11-28T11:59:00Z"],
      ["backup-drill-failed", "critical", "a snapshot could not be restored for a test: no", "2026-11-28T11:59:00Z"],
    ],
  ],
] as [BackupRecord, unknown[][]][])("judges %j", (record, expected) => {
  const found = backupFindings(reported(record)).map(({ id, severity, reason, since }) => [id, severity, reason, since]);
  expect(found).toEqual(expected);
});
