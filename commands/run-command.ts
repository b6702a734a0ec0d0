import { nameAdvice } from "../lib/nearest-name.ts";
import { reasonOf } from "../lib/reason.ts";
import { type Command, FAILED, UsageError } from "./command.ts";
import { heal } from "./heal.ts";
import { health } from "./health.ts";
import { replaceNode } from "./replace-node.ts";
import { roll } from "./roll.ts";
import { rotate } from "./rotate.ts";

const COMMANDS: Readonly<Record<string, Command>> = { health, heal, "replace-node": replaceNode, roll, rotate };

/** Runs the command that arguments name, and returns the exit code. */
export async function runCommand([name, ...args]: readonly string[]): Promise<number> {
  const asksForHelp = (text: string | undefined) => text === "--help" || text === "-h" || text === "help";
  if (name === undefined || asksForHelp(name)) return help(name === undefined);
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name]! : undefined;
  if (!command) return failure(`there is no command "${name}"; ${nameAdvice(name, Object.keys(COMMANDS))}`);
  if (args.some(asksForHelp)) {
    console.log(command.usage);
    return 0;
  }
  try {
    return await command.run(args);
  } catch (error) {
    return failure(`${name}: ${reasonOf(error)}`, isUsageError(error) ? command.usage : undefined);
  }
}

function help(isMistake: boolean): number {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length));
  const list = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  const text = ["caravan COMMAND [options]", "", ...list, "", "caravan COMMAND --help tells the options"].join("\n");
  if (isMistake) console.error(text);
  else console.log(text);
  return isMistake ? FAILED : 0;
}

function failure(message: string, usage?: string): number {
  console.error(`caravan: ${message}`);
  if (usage) console.error(`\n${usage}`);
  return FAILED;
}

/** Returns whether an error is about the arguments: our own, or one of Node's parser. */
function isUsageError(error: unknown): boolean {
  return error instanceof UsageError || String((error as NodeJS.ErrnoException)?.code).startsWith("ERR_PARSE_ARGS_");
}
