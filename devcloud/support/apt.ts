import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { step } from "./progress.ts";
import { run } from "./run.ts";

const policyFile = "/usr/sbin/policy-rc.d";
const waitForOtherApt = "-oDPkg::Lock::Timeout=900";
let last: Promise<void> = Promise.resolve();

/** Installs the missing ones of these Debian packages, without starting their services. One call runs at a time. */
export function installPackages(packages: readonly string[], log: string): Promise<void> {
  const installation = last.then(() => installMissing(packages, log));
  last = installation.catch(() => {});
  return installation;
}

/** Lists the Debian packages that are not installed. */
export async function missingPackages(packages: readonly string[]): Promise<string[]> {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own format
  const list = await run("dpkg-query", ["--show", "--showformat", "${Package} ${db:Status-Status}\\n"], { deadline: 60 });
  const installed = new Set(list.split("\n").flatMap((line) => (line.endsWith(" installed") ? line.split(" ", 1) : [])));
  return packages.filter((name) => !installed.has(name));
}

async function installMissing(packages: readonly string[], log: string): Promise<void> {
  const missing = await missingPackages(packages);
  if (missing.length === 0) return;
  await step(`installing ${missing.length} Debian packages`, async () => {
    // Packages of services would start them at once, on the host itself. This file prevents it.
    const ownPolicy = !existsSync(policyFile);
    if (ownPolicy) await writeFile(policyFile, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
    const env = { DEBIAN_FRONTEND: "noninteractive" };
    try {
      await run("apt-get", ["update", waitForOtherApt], { deadline: 300, log, env });
      await run(
        "apt-get",
        ["install", "--yes", "--no-install-recommends", waitForOtherApt, "-oDpkg::Options::=--force-confold", ...missing],
        {
          deadline: 1800,
          log,
          env,
        },
      );
    } finally {
      if (ownPolicy) await rm(policyFile);
    }
  });
}
