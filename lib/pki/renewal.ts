import { X509Certificate } from "node:crypto";

const DAY = 24 * 60 * 60 * 1000;

/**
 * Counts the dates at which a certificate in the state is signed anew: each time two thirds of its validity have passed since its CA was
 * made. So a run after such a date finds at least a third left, and all runs between two dates, previews too, agree. After the date from
 * which certificates end with their CA, there is nothing to gain.
 * @param ca certificate of the CA, PEM
 * @param days validity of the certificate
 */
export function renewalsUntil(now: Date, ca: string, days: number): number {
  const { validFromDate, validToDate } = new X509Certificate(ca);
  const validity = days * DAY;
  const period = (validity * 2) / 3;
  const passed = Math.floor((now.getTime() - validFromDate.getTime()) / period);
  const useful = Math.ceil((validToDate.getTime() - validFromDate.getTime() - validity) / period);
  return Math.max(0, Math.min(passed, useful));
}

/** Days before their end in which CAs are named. */
const TOLD_DAYS = 60;

/** Names the CAs that end within 60 days, each with the date of its end. */
export function nearEnds(cas: Readonly<Record<string, { certificate: string } | undefined>>, now: Date): string[] {
  return Object.entries(cas).flatMap(([name, ca]) => {
    const end = ca && new X509Certificate(ca.certificate).validToDate;
    return end && end.getTime() - now.getTime() < TOLD_DAYS * DAY ? [`${name} on ${end.toISOString().slice(0, 10)}`] : [];
  });
}
