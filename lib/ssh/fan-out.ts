import { packed } from "../node/packed.ts";
import { readScript } from "../node/scripts.ts";
import type { FanOutOrder } from "./fan-out-order.ts";

/** Command that starts Node.js for a fan-out: what it runs is the text of the program. */
export const FAN_OUT_INTERPRETER = ["node", "--input-type=module", "--eval"];

/**
 * Program of a command that fans out. It is short, because Pulumi shows it in errors and keeps it several times: the modules that it runs
 * come with the order, packed, on standard input. A module from memory has no folder, so that each import becomes the module's text.
 */
export function fanOutCommand(purpose: "run" | "remove"): string {
  return [
    'import { text } from "node:stream/consumers";',
    'import { gunzipSync } from "node:zlib";',
    'const { modules, order } = JSON.parse(gunzipSync(Buffer.from(await text(process.stdin), "base64")));',
    `globalThis.caravan = { order, removing: ${purpose === "remove"} };`,
    "const urls = {};",
    'const url = (code) => "data:text/javascript;base64," + Buffer.from(code).toString("base64");',
    'for (const [file, code] of modules) urls[file] = url(code.replace(/"\\.\\/(.+)"/g, (_, name) => JSON.stringify(urls[name])));',
    "await import(Object.values(urls).at(-1));",
  ].join("\n");
}

/** Standard input of such a command. */
export function fanOutInput(order: FanOutOrder, entry?: Entry): string {
  return packed(JSON.stringify({ modules: fanOutModules(entry), order }));
}

/** Module that is run: it carries out a whole order, or only asks each machine of it. */
type Entry = "ssh-fan-out.mjs" | "ssh-ask.mjs";

/** Modules in lib/scripts/ that every entry imports, each after those that it imports itself. */
const MODULES = [
  "ssh-order.mjs",
  "ssh-logins.mjs",
  "ssh-program.mjs",
  "ssh-config.mjs",
  "ssh-forwarding.mjs",
  "ssh-session.mjs",
  "ssh-execute.mjs",
];

/** Further modules of each entry. */
const OWN_MODULES: Record<Entry, readonly string[]> = { "ssh-fan-out.mjs": ["ssh-rolling.mjs"], "ssh-ask.mjs": [] };

/** Names and texts of a fan-out's modules. The last one is run. */
export function fanOutModules(entry: Entry = "ssh-fan-out.mjs"): [file: string, code: string][] {
  return [...MODULES, ...OWN_MODULES[entry], entry].map((file) => [file, readScript(file)]);
}
