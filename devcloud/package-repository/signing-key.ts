import { mkdir } from "node:fs/promises";
import { run } from "../support/run.ts";

/** Key that signs a repository. */
export interface SigningKey {
  fingerprint: string;
  /** Public key, armored. */
  publicKey: string;
  /** Options with which gpg signs by it. */
  options: readonly string[];
}

/** Makes a key in a folder, which must not exist yet. Who has the folder can sign. */
export async function makeSigningKey(folder: string): Promise<SigningKey> {
  await mkdir(folder, { mode: 0o700 });
  const options = ["--homedir", folder, "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", ""];
  await run("gpg", [...options, "--quick-generate-key", "devcloud packages", "rsa2048", "sign", "never"], { deadline: 120 });
  const publicKey = await run("gpg", [...options, "--armor", "--export"], { deadline: 60 });
  const keys = await run("gpg", [...options, "--with-colons", "--list-keys"], { deadline: 60 });
  return { fingerprint: /^fpr:+([0-9A-F]{40}):/m.exec(keys)![1]!, publicKey, options };
}

/** Ends the agent that gpg has started for a key's folder. */
export async function endAgent(folder: string): Promise<void> {
  await run("gpgconf", ["--homedir", folder, "--kill", "all"], { deadline: 30 });
}
