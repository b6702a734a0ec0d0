import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { type Page, proseOf, repositoryDir } from "./page.ts";

/** Links and pictures of a page that lead nowhere in the repository. */
export function linkProblems(page: Page): string[] {
  const targets = [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!);
  return targets.filter((target) => !/^https?:/.test(target)).flatMap((target) => problemOf(page, target));
}

function problemOf(page: Page, target: string): string[] {
  const [file = "", anchor] = target.split("#");
  const path = file === "" ? page.path : normalize(join(dirname(page.path), file));
  if (!existsSync(join(repositoryDir, path)) && file !== "") return [`${page.path}: ${target} does not exist`];
  if (anchor === undefined) return [];
  const text = file === "" ? page.text : readFileSync(join(repositoryDir, path), "utf8");
  return anchorsOf({ path, text }).has(anchor) ? [] : [`${page.path}: ${target} names no heading`];
}

/** The anchors that GitHub makes of a page's headings. */
function anchorsOf(page: Page): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ""] of proseOf(page).matchAll(/^#+ (.*)$/gm)) {
    const slug = slugOf(heading);
    let anchor = slug;
    for (let number = 1; anchors.has(anchor); number++) anchor = `${slug}-${number}`;
    anchors.add(anchor);
  }
  return anchors;
}

function slugOf(heading: string): string {
  const shown = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1");
  return shown
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replace(/\s/g, "-");
}
