import { mkdtemp, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { repositoryDir } from "../../devcloud/support/paths.ts";

/** A Pulumi program of this repository. */
export interface Program {
  /** Name of its project, which its stack is called by as well. */
  name: string;
  /** Its folder in the repository, with main.ts. */
  folder: string;
}

/** Makes a folder with a project that runs a program, and of which the checkout sees nothing. */
export async function makeProject({ name, folder }: Program): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "caravan-scale-"));
  const runtime = { name: "nodejs", options: { typescript: false } };
  await writeFile(join(dir, "Pulumi.yaml"), stringify({ name, main: "main.ts", runtime }));
  // A file of the project's own: in a linked folder, `pulumi` of the program would take the checkout's project for its own.
  await writeFile(join(dir, "main.ts"), `export * from "${join(repositoryDir, folder, "main.ts")}";\n`);
  await writeFile(join(dir, "package.json"), JSON.stringify({ type: "module" }));
  await symlink(join(repositoryDir, "node_modules"), join(dir, "node_modules"));
  return dir;
}
