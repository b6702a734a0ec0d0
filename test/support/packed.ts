import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { command } from "./command.ts";
import { repositoryDir } from "./repository.ts";

/**
 * Copies an example into a folder and installs it there as a user would, with this project's packed tarball. Returns the tarball's path.
 */
export async function installExample(example: string, folder: string): Promise<string> {
  cpSync(join(repositoryDir, "examples", example), folder, { recursive: true });
  const tarball = await pack(folder);
  const manifest = join(folder, "package.json");
  const settings = JSON.parse(readFileSync(manifest, "utf8"));
  settings.dependencies.caravan = `file:${tarball}`;
  writeFileSync(manifest, JSON.stringify(settings));
  await command("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"], { cwd: folder, seconds: 300 });
  return tarball;
}

async function pack(folder: string): Promise<string> {
  const output = await command("npm", ["pack", "--pack-destination", folder], { cwd: repositoryDir, seconds: 120 });
  return join(folder, output.trim().split("\n").at(-1)!);
}
