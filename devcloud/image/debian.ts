import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { installPackages } from "../support/apt.ts";
import { run } from "../support/run.ts";

const release = "bookworm";

export interface DebianTree {
  packages: readonly string[];
  /** `minbase`: a Debian system that can start; `extract`: only the files of the packages, without running package scripts. */
  variant: "minbase" | "extract";
}

// Manuals and other languages are not needed in these trees.
const excludedPaths = ["/usr/share/man/*", "/usr/share/doc/*", "/usr/share/info/*", "/usr/share/locale/*", "/usr/share/i18n/locales/*"];

/**
 * Makes a tree of Debian packages in `dir`, which must not exist yet, from the machine's own mirrors. `workDir` gets the settings and the
 * log.
 */
export async function makeDebianTree(tree: DebianTree, dir: string, workDir: string): Promise<void> {
  const log = join(workDir, "mmdebstrap.log");
  await installPackages(["mmdebstrap"], log);
  const sources = join(workDir, "sources.list");
  const options = join(workDir, "apt.conf");
  await writeFile(sources, debianSources(await run("apt-get", indexTargetArguments, { deadline: 60 })));
  await writeFile(options, transferOptions(await run("apt-config", ["dump"], { deadline: 60 })));
  const command = [
    ...["mmdebstrap", "--mode=root", "--format=directory", `--variant=${tree.variant}`, `--include=${tree.packages.join(",")}`],
    ...[`--aptopt=${options}`, '--aptopt=APT::Install-Recommends "false"', "--dpkgopt=force-unsafe-io"],
    ...excludedPaths.map((path) => `--dpkgopt=path-exclude=${path}`),
    ...[release, dir, sources],
  ];
  await run("setpriv", [...endWithParent, ...command], { deadline: 1800, log });
}

// Ends everything that the command started when this process is killed. Otherwise an interrupted run would go on writing into its folder.
const endWithParent = ["--pdeathsig", "KILL", "unshare", "--mount", "--pid", "--mount-proc", "--fork", "--kill-child", "--"];

const indexTargetArguments = ["indextargets", "--format", "$(ORIGIN) $(REPO_URI) $(RELEASE) $(COMPONENT)", "Created-By: Packages"];

/** Writes the machine's Debian mirrors as lines of a sources.list, from the package indexes that `apt-get indextargets` lists. */
export function debianSources(indexTargets: string): string {
  const sources = indexTargets
    .split("\n")
    .map((line) => line.split(" "))
    .filter(([origin, , suite]) => origin === "Debian" && suite?.startsWith(release))
    .map(([, uri, suite, component]) => `deb ${uri} ${suite} ${component}\n`);
  if (sources.length === 0) {
    throw new Error(
      `apt has no package index of Debian ${release}: name a mirror of it in /etc/apt/sources.list and run \`apt-get update\``,
    );
  }
  return [...new Set(sources)].join("");
}

/** Selects the settings of apt (as `apt-config dump` prints them) that affect downloads: proxies, certificates, checks of dates. */
export function transferOptions(aptConfig: string): string {
  return aptConfig
    .split("\n")
    .filter((line) => /^Acquire::(http|https|Check-Valid-Until|Check-Date|Retries|ForceIPv[46])\b/i.test(line))
    .map((line) => `${line}\n`)
    .join("");
}
