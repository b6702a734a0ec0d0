import { rm } from "node:fs/promises";
import { withLock } from "../support/lock.ts";
import { dataDir, runDir } from "../support/paths.ts";
import { step } from "../support/progress.ts";
import { endNamespace } from "./end-namespace.ts";
import { lockFile } from "./lock-file.ts";
import { holder } from "./namespace.ts";

/** Removes the cloud and all its data. Installed packages and caches stay. */
export async function reset(): Promise<void> {
  await withLock(lockFile, 3600, async () => {
    if (holder() !== undefined) await step("ending OpenStack", endNamespace);
    await step(`removing ${dataDir}`, () => rm(dataDir, { recursive: true, force: true }));
    await rm(runDir, { recursive: true, force: true });
  });
}
