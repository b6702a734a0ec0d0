import { run } from "../support/run.ts";
import { goCommand } from "./go.ts";
import { moduleDir } from "./recipe.ts";
import type { Tool, ToolName } from "./tools.ts";
import { tools } from "./tools.ts";

/** Gives the folder with the sources that a tool is built from: charts, scripts and BPF programs are in there too. */
export async function moduleSource(name: ToolName): Promise<string> {
  const { source, builds }: Tool = tools[name];
  const build = builds[0];
  if (source === undefined || build === undefined) throw new Error(`${name} is a program of our own: it has no module source`);
  const go = await goCommand();
  const answer = await run(go.command, ["mod", "download", "-json", source], { cwd: moduleDir(build), env: go.env, deadline: 600 });
  return (JSON.parse(answer) as { Dir: string }).Dir;
}
