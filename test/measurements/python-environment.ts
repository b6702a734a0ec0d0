import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { installPackages } from "../../devcloud/support/apt.ts";
import { withLock } from "../../devcloud/support/lock.ts";
import { cacheDir } from "../../devcloud/support/paths.ts";
import { step } from "../../devcloud/support/progress.ts";
import { run } from "../../devcloud/support/run.ts";

/**
 * Returns the folder with the programs of Python packages, and installs missing ones first. Each list of requirements has its own virtual
 * environment.
 */
export async function providePythonEnvironment(name: string, requirements: string): Promise<string> {
  const key = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 12);
  const dir = join(cacheDir, "python", `${name}-${key}`);
  const isComplete = join(dir, "complete");
  if (!existsSync(isComplete)) {
    await withLock(`${dir}.lock`, 900, async () => {
      if (existsSync(isComplete)) return;
      await step(`installing ${name} from PyPI (log: ${dir}.log)`, () => install(dir, requirements));
      writeFileSync(isComplete, "");
    });
  }
  return join(dir, "bin");
}

/** Installs from scratch: an environment cannot be moved, so an interrupted installation is in the same place. */
async function install(dir: string, requirements: string): Promise<void> {
  const log = `${dir}.log`;
  mkdirSync(dir, { recursive: true });
  await installPackages(["python3-venv"], log);
  await run("/usr/bin/python3", ["-m", "venv", "--clear", dir], { deadline: 120, log });
  const options = ["--no-input", "--disable-pip-version-check", "--requirement", requirements];
  await run(join(dir, "bin", "pip"), ["install", ...options], { deadline: 600, log });
}
