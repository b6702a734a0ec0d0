import { truncate, writeFile } from "node:fs/promises";
import { run } from "../support/run.ts";

/** Packs a file tree into a raw disk image: one ext4 file system, with holes where nothing is written. */
export async function packDisk(root: string, file: string, bytes: number): Promise<void> {
  await writeFile(file, "");
  await truncate(file, bytes);
  // No journal: an instance whose host crashes is recreated, and boots read and write less without it.
  await run("mkfs.ext4", ["-q", "-F", "-m", "0", "-O", "^has_journal", "-d", root, file], { deadline: 900 });
  await run("fallocate", ["--dig-holes", file], { deadline: 300 });
}
