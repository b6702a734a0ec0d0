import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, it } from "vitest";
import { repositoryDir } from "./support/repository.ts";

it("reports nothing about any shell script of the repository", () => {
  const scripts = files().filter(isShellScript);
  expect(scripts).toContain("lib/scripts/common.sh");
  const { error, stdout } = spawnSync("shellcheck", scripts, { cwd: repositoryDir, encoding: "utf8" });
  expect(error).toBeUndefined();
  expect(stdout).toBe("");
});

function files(): string[] {
  const list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"];
  return execFileSync("git", list, { cwd: repositoryDir, encoding: "utf8" }).split("\0").slice(0, -1);
}

function isShellScript(file: string): boolean {
  if (file.endsWith(".sh")) return true;
  return !basename(file).slice(1).includes(".") && /^#!.*\b(ba|da)?sh\b/.test(readFileSync(join(repositoryDir, file), "utf8"));
}
