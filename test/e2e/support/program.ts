import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { pulumi, type Stack, writeConfig } from "../../../devcloud/stack.ts";
import { dataDir, repositoryDir } from "../../../devcloud/support/paths.ts";

/** Makes a stack of one of the programs in test/e2e/programs, in a folder of devcloud. */
export async function selectProgram(name: string, program: string, config: Record<string, unknown>): Promise<Stack> {
  const stack = { name, dir: join(dataDir, "e2e-programs", program) };
  await rm(stack.dir, { recursive: true, force: true });
  await mkdir(stack.dir, { recursive: true });
  for (const folder of ["test", "node_modules"]) await symlink(join(repositoryDir, folder), join(stack.dir, folder));
  const runtime = { name: "nodejs", options: { typescript: false } };
  await writeFile(join(stack.dir, "Pulumi.yaml"), stringify({ name: program, main: `test/e2e/programs/${program}.ts`, runtime }));
  await pulumi(stack, ["stack", "select", "--create"], { deadline: 60 });
  await writeConfig(stack, config);
  return stack;
}
