import { parseArgs } from "node:util";
import { loadProgram } from "../runs/load-program.ts";
import { executeRun } from "../runs/run.ts";
import { apiOf } from "./api-of.ts";
import { type Command, onlyArgument } from "./command.ts";
import { folderOf, RUN_OPTIONS } from "./controller.ts";

/** `caravan-fleet run`: executes a run. The controller starts it. */
export const run: Command = {
  usage: "caravan-fleet run RUN [options]\n\nThe controller starts it, with its own options.",
  async run(args) {
    const { values, positionals } = parseArgs({ args: [...args], options: RUN_OPTIONS, allowPositionals: true });
    const name = onlyArgument("run", positionals);
    await executeRun(name, { api: apiOf(values), dir: folderOf(values.dir), program: await loadProgram(values.program) });
    // What a program that was stopped still waits for would keep this process.
    process.exit(0);
  },
};
