import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Folder of the repository. */
export const repositoryDir = join(import.meta.dirname, "..", "..", "..");

/** A page of the documents. */
export interface Page {
  /** Its path in the repository, like "docs/README.md". */
  path: string;
  text: string;
}

/** A fenced block of a page. */
export interface Block {
  /** The first word after the fence; empty without one. */
  language: string;
  text: string;
  /** Line of the block's first line, counted from 1. */
  line: number;
  /** The text of an HTML comment right before the fence that begins with "around:": what surrounds a fragment. */
  around: string;
}

/** Pages beside those in docs/. */
const OTHERS = ["README.md", "CONTRIBUTING.md", "CHANGES.md", "devcloud/README.md"];

/** All pages of the repository's documents. */
export function readPages(): Page[] {
  const found = readdirSync(join(repositoryDir, "docs"), { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".md"));
  const paths = [...OTHERS, ...found.map((file) => `docs/${file}`)].sort();
  return paths.map((path) => ({ path, text: readFileSync(join(repositoryDir, path), "utf8") }));
}

const FENCE = /^(?:<!-- around:\n(?<around>[\s\S]*?)\n?-->\n)?```(?<language>[\w-]*)[^\n]*\n(?<text>[\s\S]*?)^```$/gm;

/** The fenced blocks of a page. */
export function blocksOf({ text }: Page): Block[] {
  return [...text.matchAll(FENCE)].map(({ 0: whole, index, groups }) => {
    const { around = "", language = "", text: inside = "" } = groups!;
    const before = text.slice(0, index) + whole.slice(0, whole.lastIndexOf(inside));
    return { language, text: inside, around, line: before.split("\n").length };
  });
}

const LANGUAGES = ["", "sh", "ts", "yaml", "text"];

/** Blocks that no check reads: of an unknown language, or not at the beginning of a line; and surroundings that belong to no block. */
export function blockProblems(page: Page): string[] {
  const blocks = blocksOf(page);
  const unknown = blocks.filter(({ language }) => !LANGUAGES.includes(language));
  const unread = [...proseOf(page).matchAll(/^.*(```|~~~|<!-- around:).*$/gm)];
  return [
    ...unknown.map(({ language, line }) => `${page.path}:${line}: "${language}" is no language here; use ${LANGUAGES.join(" ").trim()}`),
    ...unread.map(([line]) => `${page.path}: no check reads what begins with "${line.trim()}"`),
  ];
}

/** The text of a page with its fenced blocks empty, line by line where it was. */
export function proseOf({ text }: Page): string {
  return text.replace(FENCE, (whole) => whole.replace(/[^\n]/g, ""));
}
