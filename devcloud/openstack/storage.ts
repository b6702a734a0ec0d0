import { existsSync } from "node:fs";
import { mkdir, open, rename, statfs } from "node:fs/promises";
import { join } from "node:path";
import { dataDir } from "../support/paths.ts";
import { run } from "../support/run.ts";
import { insideServices } from "./namespace.ts";
import { poll } from "./poll.ts";

const file = join(dataDir, "storage.xfs");
const directory = join(dataDir, "storage");
const reserveForHost = 10 * 1024 ** 3;

/** Makes the file system for images and instances: XFS in a sparse file, whose reflinks copy a disk in no time. */
export async function ensureStorage(): Promise<void> {
  await mkdir(directory, { recursive: true });
  if (existsSync(file)) return;
  const unfinished = `${file}.new`;
  const { bavail, bsize } = await statfs(dataDir);
  const handle = await open(unfinished, "w", 0o600);
  await handle.truncate(Math.floor(bavail * bsize) - reserveForHost);
  await handle.close();
  await run("mkfs.xfs", ["-q", "-f", "-m", "reflink=1", unfinished], { deadline: 120 });
  await rename(unfinished, file);
}

/** Lets go of the loop devices under the instances' disks; the kernel frees each when its instance ends. */
export async function releaseInstanceDisks(): Promise<void> {
  const list = await inServices("losetup", "--list", "--noheadings", "--raw", "--output", "NAME,BACK-FILE");
  const devices = list.split("\n").flatMap((line) => (line.includes(` ${directory}/`) ? line.split(" ", 1) : []));
  if (devices.length > 0) await inServices("losetup", "--detach", ...devices);
}

/** Waits until no instance and no mount uses the file system any more. */
export async function waitForStorageRelease(): Promise<void> {
  await poll(`the kernel lets go of ${file}`, 30, async () => (await run("losetup", ["--associated", file], { deadline: 10 })) === "");
}

function inServices(...words: string[]): Promise<string> {
  const [command, ...args] = insideServices(words);
  return run(command!, args, { deadline: 30 });
}
