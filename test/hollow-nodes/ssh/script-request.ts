import type { ScriptName } from "../../../lib/node/script-inputs.ts";
import { nodeScript } from "../../../lib/node/scripts.ts";
import { unpacked } from "../../support/unpacked.ts";

/** Script that the library runs on a machine. */
export interface ScriptRequest {
  script: ScriptName;
  /** Variables in the shell assignments before the script. */
  input: Record<string, string>;
  /** Assignments and script, as the machine's shell would run them. */
  text: string;
}

const NAMES = [
  "prepare",
  "controlPlane",
  "bastion",
  "admitNodes",
  "worker",
  "lastScript",
  "beginNodeChange",
  "endNodeChange",
  "reconcileControlPlanes",
  "completeRotation",
  "etcd",
  "reconcileEtcd",
  "importedPrepare",
  "importedJoin",
  "importedReset",
  "reconcilePool",
] as const satisfies readonly ScriptName[];

const TEXTS = NAMES.map((name) => [name, nodeScript(name)] as const);

/** Assignment of a word in single quotes, as `shellQuote` writes it, or of a word without quotes. */
const ASSIGNMENT = /([A-Z_]+)=(?:'((?:[^']|'\\'')*)'|([^'\n]*))\n/y;

const COMMAND =
  /^timeout --kill-after=10 \d+ bash -c '(FIRST_RUN=yes; )?script=\$\((cat|base64 -d \| gzip -d)\) \|\| exit; eval "\$script"'$/;

/** Finds which of the library's scripts a command runs from standard input, and its input. */
export function readRequest(command: string, stdin: string): ScriptRequest {
  const [, first, read] = COMMAND.exec(command) ?? [];
  if (!read) throw new Error(`hollow machines do not run: ${command}`);
  const text = read === "cat" ? stdin : unpacked(stdin);
  const { script, input } = readScript(text);
  return { script, input: first ? { ...input, FIRST_RUN: "yes" } : input, text };
}

function readScript(text: string): Omit<ScriptRequest, "text"> {
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
