import { packed } from "../node/packed.ts";
import { readScript } from "../node/scripts.ts";
import type { FanOutOrder } from "./fan-out-order.ts";

/** How Node.js is started for a fan-out: the command is the program's text. */
export const FAN_OUT_INTERPRETER = ["node", "--input-type=module", "--eval"];

/**
 * The program of a command that fans out. It is short, because Pulumi shows it in errors and keeps it several times:
 * what it runs comes with the order, packed, on standard input.
 */
export function fanOutCommand(purpose: "run" | "remove"): string {
  return [
    'import { text } from "node:stream/consumers";',
    'import { gunzipSync } from "node:zlib";',
    'const { program, order } = JSON.parse(gunzipSync(Buffer.from(await text(process.stdin), "base64")).toString());',
    `globalThis.caravan = { order, removing: ${purpose === "remove"} };`,
    'await import("data:text/javascript;base64," + Buffer.from(program).toString("base64"));',
  ].join("\n");
}

/** Standard input of such a command. */
export function fanOutInput(order: FanOutOrder): string {
  return packed(JSON.stringify({ program: fanOutProgram(), order }));
}

/** The text that a fan-out runs. */
export function fanOutProgram(): string {
  return ["ssh-logins.mjs", "ssh-program.mjs", "ssh-fan-out.mjs"].map(readScript).join("\n");
}
