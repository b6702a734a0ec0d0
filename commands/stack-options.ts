import { parseArgs } from "node:util";
import { defined } from "../lib/defined.ts";
import type { NamedStack } from "../operations/health/target.ts";
import { UsageError } from "./command.ts";

type Options = Readonly<Record<string, { type: "boolean" | "string"; short?: string }>>;

/** Options of all commands that take a stack. */
const STACK_OPTIONS = {
  cluster: { type: "string" },
  cwd: { type: "string", short: "C" },
  cloud: { type: "string" },
  region: { type: "string" },
} as const satisfies Options;

/** Lines about these options for a command's usage. */
export const STACK_USAGE = `  --cluster NAME    cluster, in a stack with several
  --cloud NAME      cloud in clouds.yaml, in place of the stack's openstack:cloud or OS_CLOUD
  --region NAME     region, in place of the stack's or the cloud's
  -C, --cwd FOLDER  folder of the stack's project, in place of the current one`;

/** Values of a command's own options: text, or whether an option without one was given. */
type Values<T extends Options> = { [Name in keyof T]?: T[Name]["type"] extends "boolean" ? boolean : string };

/** Arguments of a command that takes a stack. */
interface StackArgs<T extends Options> {
  target: NamedStack;
  choice: { cluster?: string; cloud?: string; region?: string };
  /** Values of the further arguments, in their order. */
  further: string[];
  options: Values<T>;
}

/** Parses the arguments of a command that takes a stack, and further arguments by these names. */
export function parseStackArgs<const T extends Options>(args: readonly string[], own: T, further: readonly string[] = []): StackArgs<T> {
  const { values, positionals } = parseArgs({ args: [...args], options: { ...STACK_OPTIONS, ...own }, allowPositionals: true });
  const wanted = ["stack", ...further];
  const missing = wanted[positionals.length];
  if (missing !== undefined) throw new UsageError(`name a ${missing}`);
  if (positionals.length > wanted.length)
    throw new UsageError(`takes one ${wanted.join(" and one ")}, and was given ${positionals.join(", ")}`);
  const { cwd, cluster, cloud, region, ...others } = values as Values<typeof STACK_OPTIONS>;
  return {
    target: { stack: positionals[0]!, ...defined({ workDir: cwd }) },
    choice: defined({ cluster, cloud, region }),
    further: positionals.slice(1),
    options: others as Values<T>,
  };
}

/** Parses the number in an option. */
export function numberIn(option: string, text: string): number {
  const number = Number(text);
  if (text.trim() === "" || Number.isNaN(number)) throw new UsageError(`--${option} takes a number, and was given "${text}"`);
  return number;
}
