import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../../devcloud/support/run.ts";

/**
 * Mounts an overlay over each folder. Files that are written there go to `dir`, and the machine's own files stay unchanged. Use it only in
 * a separate mount namespace.
 */
export async function coverFolders(folders: readonly string[], dir: string): Promise<() => Promise<void>> {
  for (const folder of folders) {
    const upper = join(dir, folder, "upper");
    const work = join(dir, folder, "work");
    for (const path of [upper, work]) mkdirSync(path, { recursive: true });
    const options = `lowerdir=${folder},upperdir=${upper},workdir=${work}`;
    await run("mount", ["-t", "overlay", "overlay", "-o", options, folder], { deadline: 30 });
  }
  return async () => {
    for (const folder of folders.toReversed()) await run("umount", ["--lazy", folder], { deadline: 30 });
  };
}
