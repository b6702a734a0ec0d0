import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { reset } from "../../../devcloud/openstack/reset.ts";
import { up } from "../../../devcloud/openstack/up.ts";
import { withLock } from "../../../devcloud/support/lock.ts";
import { dataDir } from "../../../devcloud/support/paths.ts";
import { say } from "../../../devcloud/support/progress.ts";

const lockFile = "/run/lock/caravan-e2e";

/** File that exists while scenarios run. At the start of a run, it means that the last run was killed, and left clusters and locks. */
const marker = join(dataDir, "e2e-runs");

/** Runs scenarios on devcloud, which it starts first. No other run uses this machine meanwhile, and nothing of a killed run remains. */
export async function onCloud<T>(scenarios: () => T): Promise<T> {
  return withLock(lockFile, 10, async () => {
    if (existsSync(marker)) {
      say("the last run of these tests was killed before it had removed its clusters, so devcloud is reset");
      await reset();
    }
    await up();
    await writeFile(marker, "");
    const result = scenarios();
    await rm(marker);
    return result;
  });
}
