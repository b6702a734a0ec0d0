import { readScript } from "./node-scripts.ts";

/** How Node.js is started for a fan-out: the command is the program's text. */
export const FAN_OUT_INTERPRETER = ["node", "--input-type=module", "--eval"];

/**
 * The program of a command that fans out. It is short, because Pulumi shows it in errors and keeps it several times:
 * what it runs comes with the order, on standard input.
 */
export function fanOutCommand(purpose: "run" | "remove"): string {
  return [
    "const chunks = [];",
    "for await (const chunk of process.stdin) chunks.push(chunk);",
    "const { program, order } = JSON.parse(Buffer.concat(chunks).toString());",
    `globalThis.caravan = { order, removing: ${purpose === "remove"} };`,
    'await import("data:text/javascript;base64," + Buffer.from(program).toString("base64"));',
  ].join("\n");
}

/** The text that a fan-out runs. */
export function fanOutProgram(): string {
  return ["ssh-logins.mjs", "ssh-fan-out.mjs"].map(readScript).join("\n");
}
