import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { repositoryDir } from "../page.ts";
import { type Message, VALUE } from "./message.ts";

/** Commands of the nodes' scripts whose next text users read, each with what the command adds to it. */
const SHELL = [
  [/\b(?:fail|unfit|log|progress) "/g, (text) => text],
  [/(?:^|\|\|)[^\S\n]*run "/gm, (text) => `${text}, after ${VALUE} s; its last lines are above`],
  [/\bwait_for \d+ "/g, (text) => `timed out after ${VALUE} s waiting for ${text}`],
  [/^echo "/gm, (text) => text],
] satisfies [RegExp, (text: string) => string][];

/** Texts of Python that users read. */
const PYTHON = /(?:raise \w+\(|print\(|\bsay\()"((?:[^"\\]|\\.)*)"/g;

/** Collects what a script of the nodes says. */
export function messagesInScript(file: string): Message[] {
  const script = readFileSync(resolve(repositoryDir, file), "utf8");
  const found = file.endsWith(".py") ? inPython(script) : inShell(script);
  return found
    .filter(({ text }) => /[a-z]{3}/i.test(text))
    .map(({ text, place }) => ({ text, file, line: script.slice(0, place).split("\n").length, isOptional: false }));
}

function inShell(script: string): { text: string; place: number }[] {
  const code = script.replaceAll(/^ *#.*$/gm, (comment) => " ".repeat(comment.length));
  return SHELL.flatMap(([command, finish]) =>
    [...code.matchAll(command)].map(({ 0: begin, index }) => ({ text: finish(quoted(code, index + begin.length)), place: index })),
  );
}

function inPython(script: string): { text: string; place: number }[] {
  return [...script.matchAll(PYTHON)].map(({ 1: text = "", index }) => ({ text: text.replaceAll(/%[sd]/g, VALUE), place: index }));
}

/** Reads a text of the shell up to its closing quote. Each expansion is a value. */
function quoted(code: string, begin: number): string {
  let text = "";
  for (let place = begin; code[place] !== '"'; place++) {
    if (code[place] === "\\") text += code[++place];
    else if (code[place] !== "$") text += code[place];
    else {
      text += VALUE;
      place = endOfExpansion(code, place + 1);
    }
  }
  return text;
}

/** Returns the place of an expansion's last character. */
function endOfExpansion(code: string, begin: number): number {
  const [open] = code[begin]!;
  const close = { "(": ")", "{": "}" }[open!];
  if (!close) return begin + (/^(\w+|.)/.exec(code.slice(begin))![0].length - 1);
  let depth = 0;
  for (let place = begin; ; place++) {
    if (code[place] === open) depth++;
    if (code[place] === close && --depth === 0) return place;
  }
}
