import { areCertificates } from "../pki/pem.ts";
import type { Problems } from "../problems.ts";
import { hasCredentials, isUrl, withoutCredentials } from "../url.ts";
import { minutesOf } from "./duration.ts";
import type { EtcdBackupSettings, EtcdRestoreSettings, EtcdStoreSettings, S3StoreSettings, SwiftStoreSettings } from "./settings.ts";

/** Defaults of backups. */
export const DEFAULT_EVERY = "1h";
export const DEFAULT_KEEP = "14d";

/** Public key of age: "age1" and 58 characters of bech32 (https://age-encryption.org/v1). */
const RECIPIENT = /^age1[02-9ac-hj-np-z]{58}$/;

/** Beginning of objects' names. */
const PREFIX = /^[\w.-]+(\/[\w.-]+)*\/?$/;

const HOUR = 60;
const DAY = 24 * HOUR;

/** Checks the backups and the restore of an etcd, in both topologies. */
export function checkBackups(
  { backup, restore }: { backup?: EtcdBackupSettings; restore?: EtcdRestoreSettings },
  problems: Problems,
): void {
  if (backup) checkEtcdBackup(backup, problems.at("backup"));
  if (restore) checkEtcdRestore(restore, problems.at("restore"), backup !== undefined);
}

/** Checks the settings of backups. */
function checkEtcdBackup({ every, keep, recipient, ...store }: EtcdBackupSettings, problems: Problems): void {
  checkDuration("every", every, [5, 7 * DAY], '"5m" to "7d", like "1h"', problems);
  checkDuration("keep", keep, [DAY, 3650 * DAY], '"1d" to "3650d", like "14d"', problems);
  if (keep !== undefined && store.s3)
    problems.add("keep", `"${keep}" has no effect on S3; leave it out, and give the bucket a lifecycle rule that removes old objects`);
  if (!RECIPIENT.test(recipient)) {
    // A private key in its place is a secret.
    const shown = /^age1/.test(recipient) ? `"${recipient}" is not` : "is not";
    problems.add("recipient", `${shown} a public key of age; give the one that \`age-keygen\` prints, "age1" with 58 characters`);
  }
  checkStore(store, problems);
}

/** Checks the settings of a restore. Without a place of its own, it reads that of the backups. */
function checkEtcdRestore({ id, snapshot, identity, ...store }: EtcdRestoreSettings, problems: Problems, hasBackup: boolean): void {
  if (!/^[a-z0-9][a-z0-9.-]{0,39}$/i.test(id))
    problems.add("id", `"${id}" is not an id of a restore; use up to 40 letters, digits, dots and hyphens, like "2027-01-14"`);
  if (snapshot !== undefined && !/^(latest|\d{8}T\d{6}Z-\d+)$/.test(snapshot))
    problems.add("snapshot", `"${snapshot}" is not the name of a snapshot; use "latest", or one like "20270114T030000Z-123456"`);
  // The value may be a secret, so the message does not repeat it.
  if (typeof identity === "string" && !/^AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}$/.test(identity.trim()))
    problems.add("identity", "is not a private key of age; give the line of the file of `age-keygen` that begins with AGE-SECRET-KEY-1");
  if (store.s3 || store.swift || !hasBackup) checkStore(store, problems);
}

function checkStore({ s3, swift }: EtcdStoreSettings, problems: Problems): void {
  if (!s3 && !swift) problems.add("s3", "is missing; give s3 or swift, the place of the backups");
  if (s3 && swift) problems.add("swift", "is given beside s3; give one of them");
  if (s3) checkS3(s3, problems.at("s3"));
  if (swift) checkSwift(swift, problems.at("swift"));
}

function checkS3({ endpoint, bucket, prefix, ca }: S3StoreSettings, problems: Problems): void {
  checkUrl("endpoint", endpoint, "https://s3.eu-central-1.amazonaws.com", problems);
  if (!/^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/i.test(bucket))
    problems.add("bucket", `"${bucket}" is not the name of a bucket; use 3 to 63 letters, digits, dots and hyphens`);
  checkPrefix(prefix, problems);
  checkCa(ca, problems);
}

function checkSwift({ authUrl, container, prefix, ca }: SwiftStoreSettings, problems: Problems): void {
  checkUrl("authUrl", authUrl, "https://cloud.example.com:5000/v3", problems);
  if (/[/\p{Cc}]/u.test(container)) problems.add("container", `"${container}" is not the name of a container; write it without a slash`);
  checkPrefix(prefix, problems);
  checkCa(ca, problems);
}

function checkUrl(property: string, url: string, example: string, problems: Problems): void {
  const shown = withoutCredentials(url);
  if (!isUrl(url) || hasCredentials(url))
    problems.add(property, `"${shown}" is not the URL of a service; write it like ${example}, without user name and password`);
}

function checkPrefix(prefix: string | undefined, problems: Problems): void {
  if (prefix !== undefined && !PREFIX.test(prefix))
    problems.add(
      "prefix",
      `"${prefix}" is not the beginning of names; use letters, digits and . _ - between slashes, like "clusters/prod"`,
    );
}

function checkCa(ca: unknown, problems: Problems): void {
  if (typeof ca === "string" && !areCertificates(ca))
    problems.add("ca", "is not the PEM of certificates; write them with their lines BEGIN CERTIFICATE and END CERTIFICATE");
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
  if (!(minutes >= least && minutes <= most)) problems.add(property, `"${given}" is not a time for backups; use ${allowed}`);
}
