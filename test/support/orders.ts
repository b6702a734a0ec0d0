import type { NodeFile } from "../../lib/node/files.ts";
import { type Registered, revealed } from "./deploy.ts";
import type { Order } from "./fan-out.ts";
import { unpacked } from "./unpacked.ts";

/** Returns the standard input of a command of a plan. */
export function stdinOf(plan: readonly Registered[], name: string): string {
  const command = plan.find((resource) => resource.name === name && resource.type.startsWith("command:"));
  return unpacked(revealed(command?.inputs.stdin));
}

/** Returns the order of a fan-out of a plan. */
export function orderOf(plan: readonly Registered[], name: string): Order {
  return JSON.parse(stdinOf(plan, name)).order;
}

/** Returns the value of a variable in a script's input. */
export function variable(input: string, name: string): string {
  return new RegExp(`^${name}='([^']*)'$`, "m").exec(input)?.[1] ?? "";
}

/** Returns the files in a script's input. */
export function filesOf(input: string, name = "FILES"): NodeFile[] {
  const lines = variable(input, name).trimEnd().split("\n");
  return lines.map((line) => {
    const [mode = "", path = "", content = ""] = line.split(" ");
    return { mode, path, content: Buffer.from(content, "base64").toString() };
  });
}
