import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { run } from "../support/run.ts";
import type { SigningKey } from "./signing-key.ts";

/** Makes a folder with Debian packages a signed, flat apt repository (`deb URL /`): Packages, Release, InRelease and Release.key. */
export async function writeRepository(folder: string, key: SigningKey): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".deb")).sort();
  const entries: string[] = [];
  for (const name of names) entries.push(await indexEntry(folder, name));
  await writeFile(join(folder, "Packages"), entries.join("\n"));
  await writeFile(join(folder, "Release"), await release(folder));
  await run("gpg", [...key.options, "--yes", "--output", join(folder, "InRelease"), "--clearsign", join(folder, "Release")], {
    deadline: 60,
  });
  await writeFile(join(folder, "Release.key"), key.publicKey);
}

async function indexEntry(folder: string, name: string): Promise<string> {
  const file = join(folder, name);
  const control = (await run("dpkg-deb", ["--field", file], { deadline: 60 })).trimEnd();
  return `${control}\nFilename: ${name}\nSize: ${(await stat(file)).size}\nSHA256: ${await sha256(file)}\n`;
}

async function release(folder: string): Promise<string> {
  const { length } = await readFile(join(folder, "Packages"));
  const lines = ["Origin: devcloud", "Architectures: amd64", `Date: ${new Date().toUTCString()}`, "SHA256:"];
  return [...lines, ` ${await sha256(join(folder, "Packages"))} ${length} Packages`, ""].join("\n");
}

async function sha256(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}
