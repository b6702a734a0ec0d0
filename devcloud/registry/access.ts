import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeServerCertificate } from "../support/certificates.ts";

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
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "passwords"), PASSWORD_FILE, { mode: 0o600 });
  await makeServerCertificate(folder, { name: "registry", commonName: REGISTRY_NAME, names: `DNS:${REGISTRY_NAME}` });
}
