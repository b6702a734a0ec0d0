import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../support/run.ts";

/** Name of the registry. Only the cloud's own processes resolve it, so machines need the proxy. */
export const REGISTRY_NAME = "registry.devcloud.test";

/** Host of the registry in image names and URLs. */
export const REGISTRY = `${REGISTRY_NAME}:5443`;

/** User of registry and proxy. Nothing that is worth a secret is behind them, and nobody outside the cloud's network reaches them. */
export const USER = { name: "caravan", password: "correct-horse" } as const;

/** Hash of the password by bcrypt, the only one that docker-registry reads (`htpasswd -nB -C 5`); each request computes it. */
const PASSWORD_FILE = `${USER.name}:$2b$05$fAru9CqBgW417RAccFm4LezFzh4amwfKsLdfQuFGqggwJimcIiSHG\n`;

/** Makes the registry's CA, certificate and file of passwords in a folder. */
export async function makeRegistryAccess(folder: string): Promise<void> {
  if (existsSync(join(folder, "ca.crt"))) return;
  const work = `${folder}/unfinished`;
  await rm(work, { recursive: true, force: true });
  await mkdir(work, { recursive: true });
  const file = (name: string) => join(work, name);
  await openssl(["req", "-x509", ...key(file("ca.key")), "-subj", "/CN=devcloud registry CA", "-out", file("ca.crt")]);
  await openssl(["req", ...key(file("registry.key")), "-subj", `/CN=${REGISTRY_NAME}`, "-out", file("registry.csr")]);
  await writeFile(file("extensions"), `subjectAltName = DNS:${REGISTRY_NAME}\n`);
  const ca = ["-CA", file("ca.crt"), "-CAkey", file("ca.key"), "-CAcreateserial"];
  await openssl([
    ...["x509", "-req", "-in", file("registry.csr"), ...ca, "-days", "3650"],
    ...["-extfile", file("extensions"), "-out", file("registry.crt")],
  ]);
  await writeFile(file("passwords"), PASSWORD_FILE, { mode: 0o600 });
  // The CA's certificate comes last: it says that all is there.
  for (const name of ["registry.key", "registry.crt", "passwords", "ca.crt"]) await rename(file(name), join(folder, name));
  await rm(work, { recursive: true });
}

function key(file: string): string[] {
  return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "3650", "-keyout", file];
}

async function openssl(args: readonly string[]): Promise<void> {
  await run("openssl", args, { deadline: 60 });
}
