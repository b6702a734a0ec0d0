import { defined } from "../defined.ts";
import type { Finding } from "./finding.ts";
import { type Certificate, known, type Observations } from "./observations.ts";

const DAY = 24 * 60 * 60 * 1000;

/** Days that are left of a certificate from when on it is a finding. The rotation of a CA takes several runs, and its certificates time. */
const LIMITS = { certificate: { warning: 30, critical: 7 }, CA: { warning: 180, critical: 30 } } as const;

/** Largest parts of a certificate's life that these days may be: certificates of a shorter life are renewed later. */
const MOST = { warning: 1 / 5, critical: 1 / 20 } as const;

/** Judges the ends of certificates. One that is at several places, as a CA on each machine, is judged at the first of them: in the state. */
export function certificateFindings({ certificates, reports, time }: Observations): Finding[] {
  const onMachines = reports.flatMap(({ report }) => known(report)?.certificates ?? []);
  const places = Map.groupBy([...certificates, ...onMachines], ({ fingerprint }) => fingerprint);
  return [...places.values()].flatMap(([first]) => certificateFinding(first!, Date.parse(time)));
}

function certificateFinding({ kind, name, notBefore, notAfter, urn, fix }: Certificate, now: number): Finding[] {
  const end = Date.parse(notAfter);
  const left = end - now;
  const limit = (severity: "warning" | "critical") =>
    Math.min(LIMITS[kind][severity] * DAY, (end - Date.parse(notBefore)) * MOST[severity]);
  const object = { kind, name, ...defined({ urn }) };
  if (left <= 0) return [{ id: "certificate-expired", severity: "critical", object, reason: "it has ended", since: notAfter, fix }];
  if (left > limit("warning")) return [];
  const severity = left > limit("critical") ? "warning" : "critical";
  return [{ id: "certificate-expiring", severity, object, reason: `it ends at ${notAfter}, ${spanText(left)}`, fix }];
}

function spanText(milliseconds: number): string {
  const days = Math.floor(milliseconds / DAY);
  return days < 1 ? "within a day" : `in ${days} ${days === 1 ? "day" : "days"}`;
}
