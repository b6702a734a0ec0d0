import { mkdtemp, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { repositoryDir } from "../../devcloud/support/paths.ts";

/** Pulumi program of this repository. */
export interface Program {
  /** Name of its project and of its stack. */
  name: string;
  /** Its folder in the repository, with main.ts. */
  folder: string;
}

/** Makes a folder outside of the checkout, with a project that runs a program. */
export async function makeProject({ name, folder }: Program): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "caravan-scale-"));
  const runtime = { name: "nodejs", options: { typescript: false } };
  await writeFile(join(dir, "Pulumi.yaml"), stringify({ name, main: "main.ts", runtime }));
  // The project needs its own file: in a linked folder, the program's `pulumi` would use the checkout's project.
  await writeFile(join(dir, "main.ts"), `export * from "${join(repositoryDir, folder, "main.ts")}";\n`);
  await writeFile(join(dir, "package.json"), JSON.stringify({ type: "module" }));
  await symlink(join(repositoryDir, "node_modules"), join(dir, "node_modules"));
  return dir;
}
