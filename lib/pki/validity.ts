import type { Problems } from "../problems.ts";
import { checkRotation } from "../rotation/rules.ts";
import type { CertificateSettings } from "./settings.ts";

/** Validity of kubeadm's certificates by default: a year. */
export const DEFAULT_VALIDITY = "8760h";

/** Validity of CAs by default, kubeadm's own: ten years. */
export const DEFAULT_CA_VALIDITY = "87600h";

/** Shortest validity in minutes: renewals then come every few minutes. */
const LEAST = 10;

/**
 * Longest validity in minutes: a year. An API server's certificate for requests to itself is made at its start and ends after three years
 * (https://github.com/kubernetes/kubernetes/pull/130047), so it must restart before, which renewals see to.
 */
const MOST = 365 * 24 * 60;

const LEAST_CA = 24 * 60;
const MOST_CA = 50 * 365 * 24 * 60;

const HOURS_AND_MINUTES = /^(?=.)(?:(\d{1,6})h)?(?:(\d{1,6})m)?$/;

/** Returns the minutes of a duration like "8760h", "90m" or "1h30m"; NaN for another text. */
export function minutesOf(duration: string): number {
  const [, hours = "0", minutes = "0"] = HOURS_AND_MINUTES.exec(duration) ?? ["", "NaN"];
  return Number(hours) * 60 + Number(minutes);
}

/** Returns the days of a duration. */
export function daysOf(duration: string): number {
  return minutesOf(duration) / 24 / 60;
}

/** Checks the validity of CAs. */
export function checkCaValidity(caValidity: string | undefined, problems: Problems): void {
  checkDuration("caValidity", caValidity, [LEAST_CA, MOST_CA], 'from "24h" to "438000h"', problems);
}

/** Checks the validity of the certificates that kubeadm makes. */
export function checkValidity(property: string, validity: string | undefined, problems: Problems): void {
  checkDuration(property, validity, [LEAST, MOST], 'from "10m" to "8760h"', problems);
}

/** Checks a cluster's certificates: their validity, and the generations of keys. */
export function checkCertificates({ validity, caValidity, rotation }: CertificateSettings, problems: Problems): void {
  if (rotation) checkRotation(rotation, problems.at("rotation"));
  checkValidity("validity", validity, problems);
  checkCaValidity(caValidity, problems);
  const [leaf, ca] = [minutesOf(validity ?? DEFAULT_VALIDITY), minutesOf(caValidity ?? DEFAULT_CA_VALIDITY)];
  if (leaf > ca) {
    problems.add(
      "caValidity",
      `"${caValidity}" is shorter than the validity of certificates, "${validity ?? DEFAULT_VALIDITY}", and none outlives its CA; use a longer one, or a shorter certificates.validity`,
    );
  }
}

function checkDuration(
  property: string,
  given: string | undefined,
  [least, most]: [number, number],
  allowed: string,
  problems: Problems,
): void {
  if (given === undefined) return;
  const minutes = minutesOf(given);
  if (!(minutes >= least && minutes <= most))
    problems.add(property, `"${given}" is not a validity; use hours and minutes as kubeadm writes them, ${allowed}, like "2160h"`);
}
