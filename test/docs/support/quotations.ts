import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Page, proseOf, repositoryDir } from "./page.ts";

const FOLDERS = ["lib", "clients", "operations", "components"];

/** Stands for a value in a quoted message. */
const VALUE = "…";

/** The library's source, with quotes as users see them. */
function readSource(): string {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(join(repositoryDir, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => /\.(ts|m?js|sh|py)$/.test(file))
      .map((file) => join(repositoryDir, folder, file)),
  );
  return files
    .map((file) => readFileSync(file, "utf8"))
    .join("\n")
    .replaceAll(/\\(["'`])/g, "$1");
}

let source: string | undefined;

/**
 * Messages that a page quotes and that are not in the source: code in the first column of tables under the headings with "message". What
 * stands between values must be there word by word.
 */
export function quotationProblems(page: Page): string[] {
  source ??= readSource();
  const text = source;
  return quotationsIn(page)
    .filter((message) => !message.split(VALUE).every((part) => text.includes(part.trim())))
    .map((message) => `${page.path}: the library does not say "${message}"`);
}

/** Variables of the environment by the library's prefix that a page names and that the library does not read. */
export function variableProblems(page: Page): string[] {
  source ??= readSource();
  const text = source;
  const named = new Set([...page.text.matchAll(/\bCARAVAN_[A-Z_]+\b/g)].map(([name]) => name));
  return [...named].filter((name) => !text.includes(name)).map((name) => `${page.path}: the library reads no ${name}`);
}

function quotationsIn(page: Page): string[] {
  const tables = proseOf(page).matchAll(/^\| message \|.*\n\|[-|]+\n((?:\|.*\n?)*)/gm);
  const rows = [...tables].flatMap(([, body = ""]) => body.trim().split("\n"));
  return rows.map((row) => /^\| (`+) ?(.*?) ?\1 \|/.exec(row)?.[2] ?? row);
}
