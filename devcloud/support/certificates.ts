import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "./run.ts";

/** Server with a certificate by a CA of its own. */
export interface ServerCertificate {
  /** Names of the files: NAME.key and NAME.crt. */
  name: string;
  /** Common name of the certificate. */
  commonName: string;
  /** Names and addresses, as in `subjectAltName` of openssl. */
  names: string;
}

/** Makes a CA and a server's certificate in a folder. ca.crt comes last: it says that all is there. The CA's key is not kept. */
export async function makeServerCertificate(folder: string, { name, commonName, names }: ServerCertificate): Promise<void> {
  const work = `${folder}/unfinished`;
  await rm(work, { recursive: true, force: true });
  await mkdir(work, { recursive: true });
  const file = (suffix: string) => join(work, suffix);
  await openssl(["req", "-x509", ...key(file("ca.key")), "-subj", `/CN=devcloud ${name} CA`, "-out", file("ca.crt")]);
  await openssl(["req", ...key(file(`${name}.key`)), "-subj", `/CN=${commonName}`, "-out", file("request")]);
  await writeFile(file("extensions"), `subjectAltName = ${names}\n`);
  const ca = ["-CA", file("ca.crt"), "-CAkey", file("ca.key"), "-CAcreateserial"];
  await openssl([
    ...["x509", "-req", "-in", file("request"), ...ca, "-days", "3650"],
    ...["-extfile", file("extensions"), "-out", file(`${name}.crt`)],
  ]);
  for (const made of [`${name}.key`, `${name}.crt`, "ca.crt"]) await rename(file(made), join(folder, made));
  await rm(work, { recursive: true });
}

function key(file: string): string[] {
  return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "3650", "-keyout", file];
}

async function openssl(args: readonly string[]): Promise<void> {
  await run("openssl", args, { deadline: 60 });
}
