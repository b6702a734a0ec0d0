import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { dataDir } from "../support/paths.ts";
import { run } from "../support/run.ts";
import { insideMounts } from "./namespace.ts";

/**
 * Puts an image where Nova keeps images after their first use, so that the first machine does not wait until Nova has fetched and converted
 * it. Nova's own request for this fails when it comes twice, and does not say when it is done.
 */
export async function cacheImage(id: string, file: string): Promise<void> {
  const folder = insideMounts(join(dataDir, "storage", "instances", "_base"));
  const cached = join(folder, createHash("sha1").update(id).digest("hex"));
  if (existsSync(cached)) return;
  await mkdir(folder, { recursive: true });
  // Earlier images. The disks of their machines are copies.
  await Promise.all((await readdir(folder)).map((name) => rm(join(folder, name))));
  await run("cp", ["--sparse=always", file, `${cached}.unfinished`], { deadline: 300 });
  await rename(`${cached}.unfinished`, cached);
}
