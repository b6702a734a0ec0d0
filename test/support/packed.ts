import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryDir } from "../../devcloud/support/paths.ts";
import { run } from "../../devcloud/support/run.ts";

/** Copies an example into a folder and installs it there as a user would: with this project's packed tarball. */
export async function installExample(example: string, folder: string): Promise<void> {
  cpSync(join(repositoryDir, "examples", example), folder, { recursive: true });
  const tarball = await pack(folder);
  const manifest = join(folder, "package.json");
  const settings = JSON.parse(readFileSync(manifest, "utf8"));
  settings.dependencies.caravan = `file:${tarball}`;
  writeFileSync(manifest, JSON.stringify(settings));
  await run("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"], { cwd: folder, deadline: 300 });
}

async function pack(folder: string): Promise<string> {
  const output = await run("npm", ["pack", "--pack-destination", folder], { cwd: repositoryDir, deadline: 120 });
  return join(folder, output.trim().split("\n").at(-1)!);
}
