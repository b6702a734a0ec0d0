import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sourceFiles } from "./messages/source.ts";
import { type Page, repositoryDir } from "./page.ts";

let source: string | undefined;

/** Variables of the environment by the library's prefix that a page names and that the library does not read. */
export function variableProblems(page: Page): string[] {
  source ??= sourceFiles(/\.(ts|m?js|sh|py)$/)
    .map((file) => readFileSync(join(repositoryDir, file), "utf8"))
    .join("\n");
  const text = source;
  const named = new Set([...page.text.matchAll(/\bCARAVAN_[A-Z_]+\b/g)].map(([name]) => name));
  return [...named].filter((name) => !text.includes(name)).map((name) => `${page.path}: the library reads no ${name}`);
}
