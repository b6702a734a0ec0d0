import type { EtcdBackupSettings, EtcdRestoreSettings, S3StoreSettings, SwiftStoreSettings } from "../../../lib/etcd-backup/settings.ts";
import type { Refusal, TypeRules } from "./rule.ts";
import { MINI } from "./surroundings.ts";

const S3 = { endpoint: "https://s3.example.com", bucket: "backups", accessKey: "me", secretKey: "secret" };
const SWIFT = {
  authUrl: "https://cloud.example.com:5000/v3",
  container: "backups",
  applicationCredentialId: "me",
  applicationCredentialSecret: "secret",
};
const recipient = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";
const IDENTITY = `AGE-SECRET-KEY-1${"Q".repeat(58)}`;
const stacked = (backup: object) => ({ ...MINI, etcd: { topology: "stacked", backup: { recipient, ...backup } } });
const ON_S3 = stacked({ s3: S3 });
const ON_SWIFT = stacked({ swift: SWIFT });

const EMPTY: Refusal = ["", [': "" is not allowed: must be a text that is not empty']];
const PREFIX: Refusal = [
  "/clusters",
  [': "/clusters" is not the beginning of names; use letters, digits and . _ - between slashes, like "clusters/prod"'],
];
const CA: Refusal = [
  "/etc/ssl/ca.crt",
  [": is not the PEM of certificates; write them with their lines BEGIN CERTIFICATE and END CERTIFICATE"],
];
const NOT_RECIPIENT = 'a public key of age; give the one that `age-keygen` prints, "age1" with 58 characters';

/** Rules of backups of etcd, by type. */
export const ETCD_BACKUP_RULES = {
  EtcdBackupSettings: {
    within: ON_S3,
    at: ["etcd", "backup"],
    rules: {
      every: { refused: [["1m", [': "1m" is not a time for backups; use "5m" to "7d", like "1h"']]] },
      keep: {
        rule: "with `swift` only",
        refused: [
          ["1h", [': "1h" is not a time for backups; use "1d" to "3650d", like "14d"'], { etcd: ON_SWIFT.etcd }],
          ["14d", [': "14d" has no effect on S3; leave it out, and give the bucket a lifecycle rule that removes old objects']],
        ],
      },
      recipient: {
        rule: "a public key of age",
        refused: [
          ["age1zvkyg2", [`: "age1zvkyg2" is not ${NOT_RECIPIENT}`]],
          ["AGE-SECRET-KEY-1", [`: is not ${NOT_RECIPIENT}`]],
        ],
      },
      s3: { rule: "or `swift`, and not both", refused: [[undefined, [": is missing; give s3 or swift, the place of the backups"]]] },
      swift: { rule: "or `s3`, and not both", refused: [[SWIFT, [": is given beside s3; give one of them"]]] },
    },
  } satisfies TypeRules<EtcdBackupSettings>,
  EtcdRestoreSettings: {
    within: ON_S3,
    at: ["etcd", "restore"],
    value: { id: "2027-01-14", identity: IDENTITY },
    rules: {
      id: {
        rule: "letters, digits, dots and hyphens",
        refused: [["14/1", [': "14/1" is not an id of a restore; use up to 40 letters, digits, dots and hyphens, like "2027-01-14"']]],
      },
      snapshot: {
        refused: [["newest", [': "newest" is not the name of a snapshot; use "latest", or one like "20270114T030000Z-123456"']]],
      },
      identity: {
        rule: "a private key of age",
        refused: [
          ["age1zvkyg2", [": is not a private key of age; give the line of the file of `age-keygen` that begins with AGE-SECRET-KEY-1"]],
        ],
      },
      lost: { refused: [["demo-etcd-1", [': "demo-etcd-1" is not allowed: expected array, received string']]] },
      s3: {
        rule: "or `swift`, or those of `backup`",
        refused: [[undefined, [": is missing; give s3 or swift, the place of the backups"], { etcd: { topology: "stacked" } }]],
      },
      swift: {
        rule: "or `s3`, or those of `backup`",
        refused: [[{ ...SWIFT, container: "a/b" }, ['.container: "a/b" is not the name of a container; write it without a slash']]],
      },
    },
  } satisfies TypeRules<EtcdRestoreSettings>,
  S3StoreSettings: {
    within: ON_S3,
    at: ["etcd", "backup", "s3"],
    rules: {
      endpoint: {
        rule: "an http(s) URL",
        refused: [
          [
            "s3.example.com",
            [
              ': "s3.example.com" is not the URL of a service; write it like https://s3.eu-central-1.amazonaws.com, without user name and password',
            ],
          ],
        ],
      },
      bucket: {
        refused: [["a/b", [': "a/b" is not the name of a bucket; use 3 to 63 letters, digits, dots and hyphens']]],
      },
      prefix: { rule: "names between slashes", refused: [PREFIX] },
      region: { refused: [["", [': "" is not allowed: Too small: expected string to have >=1 characters']]] },
      accessKey: { refused: [EMPTY] },
      secretKey: { refused: [EMPTY] },
      ca: { rule: "PEM of certificates, without private keys", refused: [CA] },
    },
  } satisfies TypeRules<S3StoreSettings>,
  SwiftStoreSettings: {
    within: ON_SWIFT,
    at: ["etcd", "backup", "swift"],
    rules: {
      authUrl: {
        rule: "an http(s) URL",
        refused: [
          [
            "https://me:secret@cloud.example.com:5000/v3",
            [
              ': "https://***@cloud.example.com:5000/v3" is not the URL of a service; write it like https://cloud.example.com:5000/v3, without user name and password',
            ],
          ],
        ],
      },
      container: { rule: "without a slash", refused: [["a/b", [': "a/b" is not the name of a container; write it without a slash']]] },
      prefix: { rule: "names between slashes", refused: [PREFIX] },
      applicationCredentialId: { refused: [EMPTY] },
      applicationCredentialSecret: { refused: [EMPTY] },
      region: { refused: [["", [': "" is not allowed: Too small: expected string to have >=1 characters']]] },
      ca: { rule: "PEM of certificates, without private keys", refused: [CA] },
    },
  } satisfies TypeRules<SwiftStoreSettings>,
};
