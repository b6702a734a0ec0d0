import { existsSync } from "node:fs";
import { mkdir, open, rename, statfs } from "node:fs/promises";
import { join } from "node:path";
import { dataDir } from "../support/paths.ts";
import { run } from "../support/run.ts";
import { poll } from "./poll.ts";

const file = join(dataDir, "storage.xfs");
const directory = join(dataDir, "storage");
const reserveForHost = 10 * 1024 ** 3;

/** Creates the file system for images and instances: XFS in a sparse file. Its reflinks copy a disk in no time. */
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

/** Detaches the loop devices under the instances' disks, including deleted disks. The kernel frees each when its instance ends. */
export async function releaseInstanceDisks(): Promise<void> {
  const devices = devicesOn(await losetup(), file);
  if (devices.length > 0) await run("losetup", ["--detach", ...devices], { deadline: 30 });
}

/** Lists the loop devices whose files are in the file system inside another file, from the output of `losetup --json`. */
export function devicesOn(list: string, holder: string): string[] {
  // Without any device, it prints nothing.
  const { loopdevices } = JSON.parse(list || '{"loopdevices": []}') as { loopdevices: Record<string, string>[] };
  // A deleted file has no path any more, but still its file system.
  const outer = loopdevices.filter((device) => device["back-file"] === holder).map((device) => device["maj:min"]!.trim());
  return loopdevices.filter((device) => outer.includes(device["back-maj:min"]!.trim())).map(({ name }) => name!);
}

function losetup(): Promise<string> {
  return run("losetup", ["--list", "--json", "--output", "NAME,MAJ:MIN,BACK-MAJ:MIN,BACK-FILE"], { deadline: 30 });
}

/** Waits until no instance and no mount uses the file system. */
export async function waitForStorageRelease(): Promise<void> {
  await poll(`the kernel lets go of ${file}`, 30, async () => (await run("losetup", ["--associated", file], { deadline: 10 })) === "");
}
