import { expect, it } from "vitest";
import { FINDING_IDS } from "../../lib/health/finding.ts";
import { readPages } from "./support/page.ts";

it("tells what each finding of the health check means", () => {
  const { text } = readPages().find(({ path }) => path === "docs/how-to/check-health.md")!;
  const rows = text.split("\n").filter((line) => line.startsWith("| `"));
  const told = rows.flatMap((row) => [...row.split("|")[1]!.matchAll(/`([a-z-]+)`/g)].map(([, id]) => id));
  expect(told.sort()).toEqual([...FINDING_IDS].sort());
});
