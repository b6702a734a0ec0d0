import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { dataDir } from "../support/paths.ts";

const names = ["database", "messageQueue", "admin", "service", "project", "metadata", "nameServer", "loadBalancer"] as const;
const file = join(dataDir, "passwords.json");

/** Secrets of the cloud. The first `up` makes them, and they stay until `reset`. */
export type Passwords = Readonly<Record<(typeof names)[number], string>>;

/** Reads the passwords and makes the missing ones. */
export async function ensurePasswords(): Promise<Passwords> {
  const known: Partial<Passwords> = await readPasswords().catch(ignoreMissingFile);
  const passwords = Object.fromEntries(names.map((name) => [name, known[name] ?? randomBytes(24).toString("hex")])) as Passwords;
  await mkdir(dataDir, { recursive: true });
  await writeFile(`${file}.new`, JSON.stringify(passwords), { mode: 0o600 });
  await rename(`${file}.new`, file);
  return passwords;
}

/** Reads the passwords of a cloud that has been started before. */
export async function readPasswords(): Promise<Passwords> {
  return JSON.parse(await readFile(file, "utf8"));
}

function ignoreMissingFile(error: NodeJS.ErrnoException): Partial<Passwords> {
  if (error.code === "ENOENT") return {};
  throw error;
}
