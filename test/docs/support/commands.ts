import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { blocksOf, type Page, proseOf, repositoryDir } from "./page.ts";

const { scripts } = JSON.parse(readFileSync(join(repositoryDir, "package.json"), "utf8")) as { scripts: Record<string, string> };

/** Languages of blocks that are commands; a block without a language is one, too. */
const SHELL = ["", "sh"];

/** Stands for a name of the user's own. */
const PLACEHOLDER = /\b(STACK|NAME)\b/;

const FOLDERS = /^(lib|clients|operations|components|stacks|examples|devcloud|test|docs|\.ci)\/[\w./-]+$/;

/** npm scripts and files of the repository that commands and code in the text of a page name, and that do not exist. */
export function commandProblems(page: Page): string[] {
  const blocks = blocksOf(page).filter(({ language }) => SHELL.includes(language));
  const spans = [...proseOf(page).matchAll(/`([^`\n]+)`/g)].map(([, code]) => code!);
  return [...blocks.map(({ text }) => text), ...spans].flatMap(problemsIn).map((problem) => `${page.path}: ${problem}`);
}

function problemsIn(code: string): string[] {
  const made = [...code.matchAll(/^cp \S+ (\S+)/gm)].map(([, target]) => target!);
  const words = code.replace(/(^|\s)#.*$/gm, "").split(/[\s'"`;=<>|&()]+/);
  const files = words
    .map((word) => word.replace(/[.,:]$/, ""))
    .filter((word) => FOLDERS.test(word) && !made.includes(word) && !PLACEHOLDER.test(word));
  return [
    ...scriptsIn(code)
      .filter((name) => !(name in scripts))
      .map((name) => `there is no npm script "${name}"`),
    ...missing(files),
  ];
}

function scriptsIn(code: string): string[] {
  const named = [...code.matchAll(/\bnpm run ([\w:-]+)/g)].map(([, name]) => name!);
  const short = [...code.matchAll(/\bnpm (start|stop|test)\b/g)].map(([, name]) => name!);
  return [...named, ...short];
}

function missing(files: readonly string[]): string[] {
  return files.filter((file) => !existsSync(join(repositoryDir, file))).map((file) => `${file} does not exist`);
}
