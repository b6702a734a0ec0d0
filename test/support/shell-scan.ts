/**
 * Variables of a bash script. Only names in capitals count, like those of inputs, and only in code that is reachable from the script's
 * start.
 */
export interface ScriptVariables {
  /** Names of variables that are read. */
  read: string[];
  /** Read variables that the script never sets. */
  unset: string[];
}

/** Function, from its first line to a brace at the start of a line, or all on one line. */
const FUNCTION = /^([a-z_][a-z0-9_]*)\(\) \{(?: (.*) \}$|\n([\s\S]*?)^\}$)/gm;

const READ = /\$\{?[#!]?([A-Z][A-Z0-9_]*)/g;
const READ_IN_ARITHMETIC = /(?<=\(\(.*)(?<![$A-Z0-9_{])([A-Z][A-Z0-9_]*)(?=.*\)\))/g;
/** Lasting assignment. An assignment before a command on the same line affects only that command. */
const SET = /(?<![A-Za-z0-9_$}/-])([A-Z][A-Z0-9_]*)(?:\[[^\]]*\])?\+?=(?![^\s(]* [a-z])/g;

/** Lists the functions that a script defines. A function that is defined twice is listed twice. */
export function functionsOf(script: string): string[] {
  return [...script.matchAll(FUNCTION)].map(([, name]) => name!);
}

/** Finds the variables of a script whose last line calls its entry. */
export function variablesOf(script: string): ScriptVariables {
  const code = codeOf(script);
  const bodies = new Map([...code.matchAll(FUNCTION)].map(([, name, line, lines]) => [name!, (line ?? lines)!]));
  const reached = reachable(code.replaceAll(FUNCTION, ""), bodies);
  const read = new Set([...found(reached, READ), ...found(reached, READ_IN_ARITHMETIC)]);
  // bash sets it.
  read.delete("SECONDS");
  const set = new Set(found(reached, SET));
  return { read: [...read].sort(), unset: [...read].filter((name) => !set.has(name)).sort() };
}

function found(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, name]) => name!);
}

/** Returns the code outside of functions, and the bodies of all functions that are called from it, directly or indirectly. */
function reachable(start: string, bodies: Map<string, string>): string {
  const seen = new Set<string>();
  const waiting = [start];
  let reached = "";
  for (let text = waiting.pop(); text !== undefined; text = waiting.pop()) {
    reached += `${text}\n`;
    for (const [word] of text.matchAll(/(?<![\w$/-])[a-z_][a-z0-9_]*(?![\w/=-])/g)) {
      if (seen.has(word) || !bodies.has(word)) continue;
      seen.add(word);
      waiting.push(bodies.get(word)!);
    }
  }
  return reached;
}

/** Removes quoted text from a script. Expansions in double quotes stay. */
function codeOf(script: string): string {
  const inside: string[] = [];
  let code = "";
  for (let at = 0; at < script.length; at++) {
    const place = inside.at(-1);
    const char = script[at]!;
    if (char === "\\") at += 1;
    else if (place === '"') at = insideQuotes(script, at, inside, (text) => (code += text));
    else if (char === "'" && place !== "{") at = script.indexOf("'", at + 1);
    else {
      if (char === '"') inside.push(char);
      else if (char === "(" || (char === "{" && script[at - 1] === "$")) inside.push(char);
      else if ((char === ")" && place === "(") || (char === "}" && place === "{")) inside.pop();
      code += char;
    }
  }
  return code;
}

/** Reads one character in double quotes, or the start of an expansion. Returns the position of the last character read. */
function insideQuotes(script: string, at: number, inside: string[], keep: (text: string) => void): number {
  if (script[at] === '"') {
    inside.pop();
    keep('"');
  } else if (script[at] === "$") {
    const [start] = /^\$(?:[({]|\w+|.)/.exec(script.slice(at, at + 80)) ?? ["$"];
    if (/[({]$/.test(start)) inside.push(start.at(-1)!);
    keep(start);
    return at + start.length - 1;
  }
  return at;
}
