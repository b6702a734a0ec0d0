import type { Finding } from "./finding.ts";
import { SEVERITIES } from "./finding.ts";
import type { HealthReport } from "./judge.ts";

/** Writes a report for people: a summary, a table of the findings, then the reason and the fix of each. */
export function healthTable({ cluster, time, findings, unchecked }: HealthReport): string {
  const rows = findings.map(({ severity, id, object, since = "" }, place) => [
    `${place + 1}`,
    severity,
    id,
    `${object.kind} ${object.name}`,
    since,
  ]);
  const details = findings.flatMap(({ reason, fix }, place) => ["", `${place + 1}: ${reason}`, `   fix: ${fix}`]);
  return [
    `cluster "${cluster}" at ${time}: ${summary(findings)}`,
    ...(unchecked.length > 0 ? [`not checked, because it could not be asked: ${unchecked.join(", ")}`] : []),
    ...(rows.length > 0 ? ["", ...columns([["", "SEVERITY", "FINDING", "OBJECT", "SINCE"], ...rows])] : []),
    ...details,
    "",
  ].join("\n");
}

function summary(findings: readonly Finding[]): string {
  const counts = SEVERITIES.map((severity) => [severity, findings.filter((each) => each.severity === severity).length] as const);
  const parts = counts.filter(([, count]) => count > 0).map(([severity, count]) => `${count} ${severity}`);
  return parts.length === 0 ? "no findings" : parts.join(", ");
}

function columns(rows: readonly string[][]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join("  ")
      .trimEnd(),
  );
}
