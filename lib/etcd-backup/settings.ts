import type { Input } from "@pulumi/pulumi";
import { input, object, text, texts } from "../schema.ts";

/** Bucket of S3, or of a store with its API. */
export interface S3StoreSettings {
  /** URL of the store, like "https://s3.eu-central-1.amazonaws.com". */
  endpoint: string;
  /** Name of the bucket. */
  bucket: string;
  /** Beginning of the objects' names, before that of the cluster. @default none */
  prefix?: string;
  /** Region of the bucket. @default "us-east-1" (what most stores other than Amazon's take) */
  region?: string;
  /** Access key; for backups it needs the right to put objects, and no other. */
  accessKey: Input<string>;
  /** Secret key, a secret. */
  secretKey: Input<string>;
  /** Certificates, PEM, of the CAs that sign the certificate of the store; beside those that machines trust. @default those alone */
  ca?: Input<string>;
}

/** Container of Swift. */
export interface SwiftStoreSettings {
  /** URL of Keystone, like "https://cloud.example.com:5000/v3". */
  authUrl: string;
  /** Name of the container. */
  container: string;
  /** Beginning of the objects' names, before that of the cluster. @default none */
  prefix?: string;
  /** Id of an application credential; for backups, access rules that allow PUT below the container are enough. */
  applicationCredentialId: Input<string>;
  /** Secret of the application credential, a secret. */
  applicationCredentialSecret: Input<string>;
  /** Region of Swift in Keystone's catalog. @default the first one */
  region?: string;
  /** Certificates, PEM, of the CAs that sign the certificates of Keystone and Swift; beside those that machines trust. @default those alone */
  ca?: Input<string>;
}

/** Place of backups: s3 or swift. A restore needs none when it reads with the credential of the backups. */
export interface EtcdStoreSettings {
  /** Bucket of S3. @default none */
  s3?: S3StoreSettings;
  /** Container of Swift. @default none */
  swift?: SwiftStoreSettings;
}

/** Backups of etcd, from the machine of its leader; changed in place. */
export interface EtcdBackupSettings extends EtcdStoreSettings {
  /** Time between two backups, from "5m" to "7d". @default "1h" */
  every?: string;
  /** Time after which Swift removes a backup, from "1d" to "3650d"; in S3, a lifecycle rule of the bucket does that. @default "14d" with swift */
  keep?: string;
  /** Public key of age that backups are encrypted to, as `age-keygen` prints it. Its private key reaches no machine until a restore. */
  recipient: string;
}

/**
 * Restore of etcd from a backup. It happens once for each id: in the first `pulumi up` with that id, whatever is interrupted, replaced or
 * taken out of the configuration later.
 */
export interface EtcdRestoreSettings extends EtcdStoreSettings {
  /** Id of the restore, like "2027-01-14"; another one restores again. */
  id: string;
  /** Name of the snapshot, "TIME-REVISION" as the record of backups tells it, or "latest". @default "latest" */
  snapshot?: string;
  /** Private key of age, a secret: that of the recipient which the snapshot is encrypted to. */
  identity: Input<string>;
  /** Names of members that are gone for good, when etcd has no majority and they do not answer. @default none */
  lost?: string[];
}

const s3 = object({
  endpoint: text,
  bucket: text,
  prefix: text.optional(),
  region: text.optional(),
  accessKey: input,
  secretKey: input,
  ca: input.optional(),
});

const swift = object({
  authUrl: text,
  container: text,
  prefix: text.optional(),
  applicationCredentialId: input,
  applicationCredentialSecret: input,
  region: text.optional(),
  ca: input.optional(),
});

/** Schemas of the properties of EtcdStoreSettings. @internal */
export const store = { s3: s3.optional(), swift: swift.optional() };

/** Schema of EtcdRestoreSettings. @internal */
export const etcdRestore = object({ id: text, snapshot: text.optional(), identity: input, lost: texts.optional(), ...store });

/** Schema of EtcdBackupSettings. @internal */
export const etcdBackup = object({ every: text.optional(), keep: text.optional(), recipient: text, ...store });
