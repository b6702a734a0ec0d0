import { defined } from "../defined.ts";
import type { Finding, FindingObject } from "./finding.ts";
import { type BackupRecord, known, type Observations } from "./observations.ts";

/** Intervals without a success after which a backup is overdue, and the least time for that in milliseconds: a backup takes minutes. */
const INTERVALS = 2;
const LEAST = 15 * 60 * 1000;

const FIX = "see `journalctl -u caravan-etcd-backup` on the machines of etcd's members";

/** Judges the backups of etcd, where they are configured. */
export function backupFindings({ cluster, time, reports, api }: Observations): Finding[] {
  const asked = reports.flatMap(({ report }) => known(report)?.backup ?? []);
  // Members all have the same record. One that lags behind may not have the last one.
  const records = [...asked, ...[known(api?.objects)?.backup ?? []].flat()];
  const [record] = records.sort((a, b) => (b.attempt ?? "").localeCompare(a.attempt ?? ""));
  return record === undefined ? [] : recordFindings(record, { kind: "backup of etcd", name: cluster }, Date.parse(time));
}

function recordFindings(record: BackupRecord, object: FindingObject, now: number): Finding[] {
  const { attempt, success, since, error, drillError } = record;
  const last = success ?? since;
  const limit = Math.max(LEAST, Number(record.every) * 1000 * INTERVALS);
  const findings: Finding[] = [];
  const add = (id: Finding["id"], severity: Finding["severity"], reason: string, at?: string) =>
    findings.push({ id, severity, object, reason, ...defined({ since: at }), fix: FIX });
  if (last === undefined) add("backup-overdue", "warning", "no backup has been tried yet");
  else if (now - Date.parse(last) > limit) {
    const text = success === undefined ? "there has never been a backup" : `the last backup is older than two intervals`;
    add("backup-overdue", "critical", text, last);
  }
  if (error !== undefined) add("backup-failed", "warning", `the last backup failed: ${error}`, attempt);
  if (drillError !== undefined)
    add("backup-drill-failed", "critical", `a snapshot could not be restored for a test: ${drillError}`, attempt);
  return findings;
}
