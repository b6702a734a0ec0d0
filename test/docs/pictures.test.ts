import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { instance } from "@viz-js/viz";
import { expect, it } from "vitest";
import { repositoryDir } from "./support/page.ts";

const folder = join(repositoryDir, "docs", "pictures");
const sources = readdirSync(folder).filter((file) => file.endsWith(".dot"));

const viz = await instance();

// After a change of a source, `npm test -- --update` renders the picture again.
it.each(sources)("%s has its picture beside it", async (source) => {
  const picture = viz.renderString(readFileSync(join(folder, source), "utf8"), { format: "svg", engine: "dot" });
  await expect(picture).toMatchFileSnapshot(join(folder, source.replace(/\.dot$/, ".svg")));
});

it("has no picture without a source", () => {
  const pictures = readdirSync(folder).filter((file) => file.endsWith(".svg"));
  expect(pictures.map((file) => file.replace(/\.svg$/, ".dot")).sort()).toEqual(sources.sort());
});
