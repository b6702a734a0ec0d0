import { parseArgs } from "node:util";
import { defined } from "../lib/defined.ts";
import type { NamedStack } from "../operations/health/target.ts";
import { UsageError } from "./command.ts";

type Options = Readonly<Record<string, { type: "boolean" | "string"; short?: string }>>;

/** Options of all commands that take a stack. */
const STACK_OPTIONS = {
  cluster: { type: "string" },
  cwd: { type: "string", short: "C" },
} as const satisfies Options;

/** Further options of those that ask its cloud. */
const CLOUD_OPTIONS = {
  cloud: { type: "string" },
  region: { type: "string" },
} as const satisfies Options;

const CLUSTER_LINE = "  --cluster NAME    cluster, in a stack with several";
const FOLDER_LINE = "  -C, --cwd FOLDER  folder of the stack's project, in place of the current one";

/** Lines about these options for the usage of a command that asks no cloud. */
export const CLUSTER_USAGE = `${CLUSTER_LINE}
${FOLDER_LINE}`;

/** Lines about these options for the usage of a command that asks the stack's cloud. */
export const STACK_USAGE = `${CLUSTER_LINE}
  --cloud NAME      cloud in clouds.yaml, in place of the stack's openstack:cloud or OS_CLOUD
  --region NAME     region, in place of the stack's or the cloud's
${FOLDER_LINE}`;

/** Values of a command's own options: text, or whether an option without one was given. */
type Values<T extends Options> = { [Name in keyof T]?: T[Name]["type"] extends "boolean" ? boolean : string };

/** Arguments of a command that takes a stack. */
interface ClusterArgs<T extends Options> {
  target: NamedStack;
  choice: { cluster?: string };
  /** Values of the further arguments, in their order. */
  further: string[];
  options: Values<T>;
}

/** Arguments of a command that takes a stack and asks its cloud. */
interface StackArgs<T extends Options> extends ClusterArgs<T> {
  choice: { cluster?: string; cloud?: string; region?: string };
}

/** Parses the arguments of a command that takes a stack and asks no cloud, and further arguments by these names. */
export function parseClusterArgs<const T extends Options>(
  args: readonly string[],
  own: T,
  further: readonly string[] = [],
): ClusterArgs<T> {
  const { values, positionals } = parseArgs({ args: [...args], options: { ...STACK_OPTIONS, ...own }, allowPositionals: true });
  const wanted = ["stack", ...further];
  const missing = wanted[positionals.length];
  if (missing !== undefined) throw new UsageError(`name a ${missing}`);
  if (positionals.length > wanted.length)
    throw new UsageError(`takes one ${wanted.join(" and one ")}, and was given ${positionals.join(", ")}`);
  const { cwd, cluster, ...others } = values as Values<typeof STACK_OPTIONS>;
  return {
    target: { stack: positionals[0]!, ...defined({ workDir: cwd }) },
    choice: defined({ cluster }),
    further: positionals.slice(1),
    options: others as Values<T>,
  };
}

/** Parses the arguments of a command that takes a stack and asks its cloud, and further arguments by these names. */
export function parseStackArgs<const T extends Options>(args: readonly string[], own: T, further: readonly string[] = []): StackArgs<T> {
  const parsed = parseClusterArgs(args, { ...CLOUD_OPTIONS, ...own }, further);
  const { cloud, region, ...others } = parsed.options as Values<typeof CLOUD_OPTIONS>;
  return { ...parsed, choice: { ...parsed.choice, ...defined({ cloud, region }) }, options: others as Values<T> };
}

/** Parses the number in an option. */
export function numberIn(option: string, text: string): number {
  const number = Number(text);
  if (text.trim() === "" || Number.isNaN(number)) throw new UsageError(`--${option} takes a number, and was given "${text}"`);
  return number;
}
