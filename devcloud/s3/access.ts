import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeServerCertificate } from "../support/certificates.ts";

/** URL of the object store for machines. */
export const S3_URL = "https://172.24.4.1:7443";

/** Region of the object store, which is part of each signature. */
export const S3_REGION = "us-east-1";

/** Bucket that is there from the beginning. It keeps each version of an object. */
export const S3_BUCKET = "backups";

/** Access key of S3. Nothing that is worth a secret is behind them, and nobody outside the cloud's network reaches the store. */
export interface S3Account {
  accessKey: string;
  secretKey: string;
}

/** Account that may do everything. */
export const ADMINISTRATOR: S3Account = { accessKey: "administrator", secretKey: "battery-staple" };

/** Account that may put objects into the bucket, and nothing else: it neither reads, nor lists, nor deletes. */
export const ADDER: S3Account = { accessKey: "adder", secretKey: "correct-horse" };

/** Makes the store's CA, certificate, accounts and empty folders in a folder. */
export async function makeS3Access(folder: string): Promise<void> {
  for (const name of ["accounts", "objects", "versions"]) await mkdir(join(folder, name), { recursive: true, mode: 0o700 });
  await writeFile(join(folder, "accounts/users.json"), JSON.stringify(accounts()), { mode: 0o600 });
  if (existsSync(join(folder, "ca.crt"))) return;
  await makeServerCertificate(folder, { name: "s3", commonName: "devcloud s3", names: "IP:172.24.4.1,IP:127.0.0.1" });
}

/** Returns the command line of the store, whose data are in a folder. */
export function s3Command(program: string, folder: string, address: string): string[] {
  const file = (name: string) => join(folder, name);
  const service = [
    "--port",
    address,
    "--cert",
    file("s3.crt"),
    "--key",
    file("s3.key"),
    "--region",
    S3_REGION,
    "--iam-dir",
    file("accounts"),
  ];
  return [program, "--quiet", ...service, "posix", "--versioning-dir", file("versions"), file("objects")];
}

/** Environment of the store: its administrator. */
export const s3Environment = { ROOT_ACCESS_KEY: ADMINISTRATOR.accessKey, ROOT_SECRET_KEY: ADMINISTRATOR.secretKey };

/** Writes the accounts as versitygw keeps them (auth/iam_internal.go). */
function accounts(): object {
  const { accessKey, secretKey } = ADDER;
  const account = { access: accessKey, secret: secretKey, role: "user", userID: 0, groupID: 0, projectID: 0 };
  return { accessAccounts: { [accessKey]: account } };
}
