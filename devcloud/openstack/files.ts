import { chown, mkdir, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { run } from "../support/run.ts";

/** Creates a folder that a system user owns. */
export async function ensureOwnedDirectory(path: string, owner: string): Promise<void> {
  await mkdir(path, { recursive: true });
  const { user, group } = await idsOf(owner);
  await chown(path, user, group);
}

/** Writes a file that only a system user and root can read. The write is atomic. */
export async function writeOwned(path: string, text: string, owner = "root"): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const { user, group } = await idsOf(owner);
  const unfinished = `${path}.new`;
  await writeFile(unfinished, text, { mode: 0o600 });
  await chown(unfinished, user, group);
  await rename(unfinished, path);
}

async function idsOf(owner: string): Promise<{ user: number; group: number }> {
  if (owner === "root") return { user: 0, group: 0 };
  const entry = (await run("getent", ["passwd", owner], { deadline: 10 })).split(":");
  return { user: Number(entry[2]), group: Number(entry[3]) };
}
