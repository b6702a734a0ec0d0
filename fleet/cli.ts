#!/usr/bin/env node
import type { Command } from "./commands/command.ts";
import { FAILED, UsageError } from "./commands/command.ts";

/** Commands by name. Each is loaded only when it is called: the controller's packages are large. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  claim: async () => (await import("./commands/claim.ts")).claim,
  release: async () => (await import("./commands/release.ts")).release,
  extend: async () => (await import("./commands/extend.ts")).extend,
  pools: async () => (await import("./commands/pools.ts")).pools,
  manifests: async () => (await import("./commands/manifests.ts")).manifests,
  controller: async () => (await import("./commands/controller.ts")).controller,
  run: async () => (await import("./commands/run.ts")).run,
};

async function main([name, ...args]: readonly string[]): Promise<number> {
  const isHelp = (text: string | undefined) => text === "--help" || text === "-h" || text === "help";
  if (name === undefined || isHelp(name)) return help(name === undefined);
  if (!Object.hasOwn(COMMANDS, name)) return failure(`there is no command "${name}"; use one of ${Object.keys(COMMANDS).join(", ")}`);
  const command = await COMMANDS[name]!();
  if (args.some(isHelp)) {
    console.log(command.usage);
    return 0;
  }
  try {
    return await command.run(args);
  } catch (error) {
    const isUsage = error instanceof UsageError || String((error as NodeJS.ErrnoException).code).startsWith("ERR_PARSE_ARGS_");
    return failure(`${name}: ${(error as Error).message}${isUsage ? `; caravan-fleet ${name} --help tells the options` : ""}`);
  }
}

async function help(isMistake: boolean): Promise<number> {
  const commands = await Promise.all(Object.entries(COMMANDS).map(async ([name, load]) => [name, await load()] as const));
  const lines = commands.flatMap(([name, { summary }]) => (summary === undefined ? [] : `  ${name.padEnd(10)}  ${summary}`));
  const text = ["caravan-fleet COMMAND [options]", "", ...lines, "", "caravan-fleet COMMAND --help tells the options"].join("\n");
  if (isMistake) console.error(text);
  else console.log(text);
  return isMistake ? FAILED : 0;
}

function failure(message: string): number {
  console.error(`caravan-fleet: ${message.split("\n")[0]}`);
  return FAILED;
}

process.exitCode = await main(process.argv.slice(2));
