import { chmodSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { installPackages } from "../support/apt.ts";
import { cacheDir } from "../support/paths.ts";
import { CommandFailed, run } from "../support/run.ts";
import { atLeast } from "./version.ts";

/** Go command with its environment. */
export interface Go {
  command: string;
  env: Record<string, string>;
}

/** Release that builds the tools where the installed Go is too old to download a newer one itself. */
const goVersion = "1.26.8";
/** First release of Go that reads the toolchain version in a go.mod and downloads it. */
const firstWithToolchains = "1.21.0";

const env = {
  GOTOOLCHAIN: "auto",
  GOFLAGS: "",
  GOWORK: "off",
  // Static programs, which run in any image.
  CGO_ENABLED: "0",
};

let found: Promise<Go> | undefined;

/** Returns the Go for builds: the installed one, or a newer one that it downloads as a module. Installs Debian's where Go is missing. */
export function goCommand(): Promise<Go> {
  found ??= findGo();
  return found;
}

async function findGo(): Promise<Go> {
  let version = await installedVersion();
  if (version === undefined) {
    mkdirSync(join(cacheDir, "toolchain"), { recursive: true });
    await installPackages(["golang-go"], join(cacheDir, "toolchain", "apt.log"));
    version = await installedVersion();
  }
  if (version === undefined) throw new Error("Go was installed from Debian's package golang-go, but `go version` still fails");
  return { command: atLeast(version, firstWithToolchains) ? "go" : await downloadGo(), env };
}

async function installedVersion(): Promise<string | undefined> {
  try {
    return await run("go", ["env", "GOVERSION"], { deadline: 60, env: { GOTOOLCHAIN: "local" } });
  } catch (error) {
    if (error instanceof CommandFailed) return undefined;
    throw error;
  }
}

/** Downloads a release of Go as a module, which even an old Go can do. */
async function downloadGo(): Promise<string> {
  const architecture = process.arch === "arm64" ? "arm64" : "amd64";
  const module = `golang.org/toolchain@v0.0.1-go${goVersion}.linux-${architecture}`;
  const { Dir: folder } = JSON.parse(await run("go", ["mod", "download", "-json", module], { deadline: 600 })) as { Dir: string };
  // The module cache drops the executable bits.
  for (const programs of ["bin", "pkg/tool"]) makeExecutable(join(folder, programs));
  return join(folder, "bin", "go");
}

function makeExecutable(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) chmodSync(join(entry.parentPath, entry.name), 0o755);
  }
}
