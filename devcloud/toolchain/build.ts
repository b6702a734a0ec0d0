import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { run } from "../support/run.ts";
import { goCommand } from "./go.ts";
import { builtName, moduleDir } from "./recipe.ts";
import { sourceWithout } from "./source.ts";
import type { Build, Tool } from "./tool.ts";

const deadline = 20 * 60;
/** Flags that make the same executable in every checkout, whatever its path. */
const settings = ["-mod=readonly", "-trimpath", "-buildvcs=false"];

/** Builds the executables of one module of a tool into a folder. */
export async function goBuild(tool: Tool, build: Build, folder: string, log: string): Promise<void> {
  const go = await goCommand();
  const source = build.without ? await sourceWithout(tool, build.without, join(folder, "source")) : moduleDir(build);
  const args = ["build", ...settings, ...flags(build), "-o", `${folder}/`, ...Object.values(build.executables)];
  // Builds use all cores for minutes, so other programs have priority.
  await run("nice", ["-n", "10", go.command, ...args], { cwd: source, env: go.env, deadline, log });
  if (build.without) rmSync(source, { recursive: true });
  for (const [executable, goPackage] of Object.entries(build.executables)) {
    const built = builtName(build, goPackage);
    if (built !== executable) renameSync(join(folder, built), join(folder, executable));
  }
}

function flags(build: Build): string[] {
  const variables = Object.entries(build.variables ?? {}).map(([name, value]) => `-X '${name}=${value}'`);
  // -s -w omit the debugger's tables, a third of the size.
  return [`-ldflags=${["-s", "-w", ...variables].join(" ")}`, `-tags=${(build.tags ?? []).join(",")}`];
}
