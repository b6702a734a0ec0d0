import type { ScriptName } from "../../../lib/node/script-inputs.ts";
import { nodeScript } from "../../../lib/node/scripts.ts";
import { unpacked } from "../../support/unpacked.ts";

/** Something that the library wants to have run on a machine. */
export interface ScriptRequest {
  script: ScriptName;
  /** What the shell assignments before the script say. */
  input: Record<string, string>;
}

const NAMES = [
  "prepare",
  "controlPlane",
  "bastion",
  "admitNodes",
  "worker",
  "reconcileControlPlanes",
  "etcd",
  "reconcileEtcd",
  "importedPrepare",
  "importedJoin",
  "importedReset",
  "reconcilePool",
] as const satisfies readonly ScriptName[];

const TEXTS = NAMES.map((name) => [name, nodeScript(name)] as const);

/** A word in single quotes, as `shellQuote` writes it, or a word that needs none. */
const ASSIGNMENT = /([A-Z_]+)=(?:'((?:[^']|'\\'')*)'|([^'\n]*))\n/y;

const COMMAND =
  /^timeout --kill-after=10 \d+ bash -c '(FIRST_RUN=yes; )?script=\$\((cat|base64 -d \| gzip -d)\) \|\| exit; eval "\$script"'$/;

/** Which of the library's scripts a command runs that gets it on standard input, and with what input. */
export function readRequest(command: string, stdin: string): ScriptRequest {
  const [, first, read] = COMMAND.exec(command) ?? [];
  if (!read) throw new Error(`hollow machines do not run: ${command}`);
  const { script, input } = readScript(read === "cat" ? stdin : unpacked(stdin));
  return { script, input: first ? { ...input, FIRST_RUN: "yes" } : input };
}

function readScript(text: string): ScriptRequest {
  const [script, body] = TEXTS.find(([, body]) => text.endsWith(body)) ?? [undefined, ""];
  if (!script) throw new Error(`no script of the library: a hollow machine has answers for ${NAMES.join(", ")}, and runs nothing else`);
  return { script, input: readAssignments(text.slice(0, -body.length)) };
}

function readAssignments(text: string): Record<string, string> {
  const input: Record<string, string> = {};
  ASSIGNMENT.lastIndex = 0;
  for (let read = 0; read < text.length; read = ASSIGNMENT.lastIndex) {
    const [, name = "", quoted, plain = ""] = ASSIGNMENT.exec(text) ?? [];
    if (name === "") throw new Error(`no shell assignment before the script: ${text.slice(read, read + 40)}`);
    input[name] = quoted?.replaceAll("'\\''", "'") ?? plain;
  }
  return input;
}
