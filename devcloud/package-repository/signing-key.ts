import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { cached } from "../image/cache.ts";
import { run } from "../support/run.ts";

/** Key that signs a repository. */
export interface SigningKey {
  fingerprint: string;
  /** Public key, armored. */
  publicKey: string;
  /** Options with which gpg signs by it. */
  options: readonly string[];
}

/** Returns the key that signs all of devcloud's repositories. It stays when a repository is made anew, so that images trust the next one, too. */
export async function signingKey(): Promise<SigningKey> {
  const { dir } = await cached("package-key", ["rsa2048"], async (work) => {
    await makeSigningKey(join(work, "home"));
    await endAgent(join(work, "home"));
  });
  return readSigningKey(join(dir, "home"));
}

/** Makes a key in a folder, which must not exist yet. Who has the folder can sign. */
export async function makeSigningKey(folder: string): Promise<SigningKey> {
  await mkdir(folder, { mode: 0o700 });
  await run("gpg", [...optionsOf(folder), "--quick-generate-key", "devcloud packages", "rsa2048", "sign", "never"], { deadline: 120 });
  return readSigningKey(folder);
}

/** Ends the agent that gpg has started for a key's folder. */
export async function endAgent(folder: string): Promise<void> {
  await run("gpgconf", ["--homedir", folder, "--kill", "all"], { deadline: 30 });
}

async function readSigningKey(folder: string): Promise<SigningKey> {
  const options = optionsOf(folder);
  const publicKey = await run("gpg", [...options, "--armor", "--export"], { deadline: 60 });
  const keys = await run("gpg", [...options, "--with-colons", "--list-keys"], { deadline: 60 });
  return { fingerprint: /^fpr:+([0-9A-F]{40}):/m.exec(keys)![1]!, publicKey, options };
}

function optionsOf(folder: string): string[] {
  return ["--homedir", folder, "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", ""];
}
