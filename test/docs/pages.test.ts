import { describe, expect, it } from "vitest";
import { commandProblems } from "./support/commands.ts";
import { linkProblems } from "./support/links.ts";
import { blockProblems, proseOf, readPages } from "./support/page.ts";
import { programProblems } from "./support/programs.ts";
import { settingProblems } from "./support/settings.ts";
import { variableProblems } from "./support/variables.ts";

const pages = readPages();

/** Ten minutes of reading. */
const MOST_WORDS = 2000;

/** Tables in which one looks something up. */
const REFERENCES = ["docs/configuration.md", "docs/cis-benchmark.md"];

it("has programs that the compiler accepts", () => {
  expect(programProblems(pages)).toEqual([]);
}, 120_000);

it("links every page of docs/ from its index", () => {
  const { text } = pages.find(({ path }) => path === "docs/README.md")!;
  const others = pages.map(({ path }) => path).filter((path) => path.startsWith("docs/") && path !== "docs/README.md");
  expect(others.filter((path) => !text.includes(`](${path.slice("docs/".length)})`))).toEqual([]);
});

describe.each(pages)("$path", (page) => {
  it("has blocks that the checks read", () => {
    expect(blockProblems(page)).toEqual([]);
  });

  it("has links that lead somewhere", () => {
    expect(linkProblems(page)).toEqual([]);
  });

  it("names npm scripts and files that exist", () => {
    expect(commandProblems(page)).toEqual([]);
  });

  it("has settings that the library accepts", () => {
    expect(settingProblems(page)).toEqual([]);
  });

  it("names variables that the library reads", () => {
    expect(variableProblems(page)).toEqual([]);
  });

  it.skipIf(REFERENCES.includes(page.path))(`has at most ${MOST_WORDS} words`, () => {
    expect(proseOf(page).split(/\s+/).length).toBeLessThanOrEqual(MOST_WORDS);
  });
});
