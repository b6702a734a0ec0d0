import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const repository = join(import.meta.dirname, "..", "..");
const text = readFileSync(join(repository, "docs", "cis-benchmark.md"), "utf8");

/** Cells of the rows of the table after a heading. */
function rowsAfter(heading: string): string[][] {
  const [, section = ""] = text.split(`\n${heading}\n`);
  const [table = ""] = section.trimStart().split("\n\n", 1);
  const [, , ...rows] = table.trim().split("\n");
  return rows.map((row) => row.split("|").slice(1, -1)).map((cells) => cells.map((cell) => cell.trim()));
}

const SECTIONS = ["## 1 Control plane", "## 2 etcd", "## 3 Authentication and audit", "## 4 Workers", "## 5 Policies"];
const benchmark = SECTIONS.flatMap(rowsAfter);
const tests = rowsAfter("## The tests");
const refsOf = (cell: string) => (cell === "-" ? [] : cell.split(", "));

/** Number of recommendations in each section of the CIS Kubernetes Benchmark v1.11. */
const RECOMMENDATIONS: readonly (readonly [section: string, count: number])[] = [
  ["1.1", 21],
  ["1.2", 30],
  ["1.3", 7],
  ["1.4", 2],
  ["2", 7],
  ["3.1", 3],
  ["3.2", 2],
  ["4.1", 10],
  ["4.2", 15],
  ["4.3", 1],
  ["5.1", 13],
  ["5.2", 13],
  ["5.3", 2],
  ["5.4", 2],
  ["5.5", 1],
  ["5.6", 4],
];

it("has a row for each recommendation of the benchmark, in its order", () => {
  const numbers = RECOMMENDATIONS.flatMap(([section, count]) => Array.from({ length: count }, (_, index) => `${section}.${index + 1}`));
  expect(benchmark.map(([number]) => number)).toEqual(numbers);
});

it("says of each whether it is held, and why not", () => {
  const states = benchmark.map(([, , state]) => state);
  expect([...new Set(states)].sort()).toEqual(["held", "not held", "yours"]);
  expect(benchmark.filter(([, , state, how]) => state !== "yours" && how === "").map(([number]) => number)).toEqual([]);
});

it("names a test for each that is held", () => {
  expect(benchmark.filter(([, , state, , test]) => state === "held" && test === "-").map(([number]) => number)).toEqual([]);
});

it("names tests that exist, and lists none that holds nothing", () => {
  const used = new Set(benchmark.flatMap(([, , , , cell]) => refsOf(cell!)));
  expect([...used].sort()).toEqual(tests.map(([ref]) => ref!).sort());
  const missing = tests.filter(([, file, title]) => !readFileSync(join(repository, file!), "utf8").includes(`it(${JSON.stringify(title)}`));
  expect(missing).toEqual([]);
});

it("names files that exist", () => {
  const files = [...text.matchAll(/\btest\/[\w/-]+\.test\.ts\b/g)].map(([file]) => file);
  for (const file of files) expect(() => readFileSync(join(repository, file)), file).not.toThrow();
});
