import { expect, it } from "vitest";
import { commandProblems } from "./support/commands.ts";
import { linkProblems } from "./support/links.ts";
import { blockProblems } from "./support/page.ts";
import { programProblems } from "./support/programs.ts";
import { settingProblems } from "./support/settings.ts";
import { variableProblems } from "./support/variables.ts";

// Each check of the documents, on a page that it must refuse.
const page = (text: string) => ({ path: "docs/broken.md", text });
const fenced = (language: string, text: string, before = "") => `${before}\`\`\`${language}\n${text}\n\`\`\`\n`;

it("finds a link to a page and to a heading that do not exist", () => {
  const text = "# One thing\n[a](#one-thing) [b](#another) [c](missing.md) [d](../README.md#no-such-heading) [e](https://example.com)\n";
  expect(linkProblems(page(text))).toEqual([
    "docs/broken.md: #another names no heading",
    "docs/broken.md: missing.md does not exist",
    "docs/broken.md: ../README.md#no-such-heading names no heading",
  ]);
});

it("finds no heading in a block of code", () => {
  expect(linkProblems(page(`[a](#cp)\n\n${fenced("sh", "# cp")}`))).toEqual(["docs/broken.md: #cp names no heading"]);
});

it("finds blocks that no check would read", () => {
  const text = `${fenced("typescript", "let a: string = 1;")}\n- one\n  \`\`\`ts\n  let b: string = 1;\n  \`\`\`\n\n<!-- around:\nlet c;\n-->\n\ntext\n`;
  expect(blockProblems(page(text))).toEqual([
    'docs/broken.md:2: "typescript" is no language here; use sh ts yaml text',
    'docs/broken.md: no check reads what begins with "```ts"',
    'docs/broken.md: no check reads what begins with "```"',
    'docs/broken.md: no check reads what begins with "<!-- around:"',
  ]);
});

it("finds npm scripts and files that do not exist, in blocks and in the text", () => {
  const block = fenced(
    "sh",
    "npm run build && npm run paint\ncp stacks/Pulumi.mini.yaml stacks/Pulumi.prod.yaml\ncat stacks/Pulumi.prod.yaml",
  );
  expect(commandProblems(page(`${block}\nRun \`node test/no-such-file.ts --workers 100\`.`))).toEqual([
    'docs/broken.md: there is no npm script "paint"',
    "docs/broken.md: test/no-such-file.ts does not exist",
  ]);
});

it("finds programs that the compiler refuses, by their lines in the page, and a fragment within what surrounds it", () => {
  const program = fenced("ts", 'import { NodePool } from "caravan";\nnew NodePool("web", { count: "three" });');
  const around = '<!-- around:\nimport type { PoolContract } from "caravan";\ndeclare const contract: PoolContract;\n-->\n';
  const fragment = fenced("ts", "contract.clusterName;\ncontract.nothing;", around);
  expect(programProblems([page(`# Title\n\n${program}\n${fragment}`)])).toEqual([
    expect.stringMatching(/^docs\/broken\.md:5: Type 'string' is not assignable/),
    expect.stringMatching(/^docs\/broken\.md:14: Property 'nothing' does not exist/),
  ]);
}, 120_000);

it("finds settings that the library refuses, by themselves and within what surrounds them", () => {
  const pools = "caravan:pools:\n  web: { count: -1, machine: { image: debian-12, flavor: m1.large } }";
  expect(settingProblems(page(fenced("yaml", `${pools}\ncaravan:color: red`)))).toEqual([
    "docs/broken.md:2: caravan:color is no setting",
    expect.stringContaining("color: is not a property here"),
    expect.stringContaining("pools.web.count: -1 is not a number of nodes"),
  ]);
  const count = "caravan:controlPlane: { count: 3, machine: { image: debian-12, flavor: m1.large } }";
  expect(settingProblems(page(fenced("yaml", count)))).toEqual([expect.stringContaining('"floatingIp" reaches one control plane')]);
  const around = "<!-- around:\ncaravan:apiEndpoint: { type: vip, allowedCidrs: [198.51.100.0/24] }\n-->\n";
  expect(settingProblems(page(fenced("yaml", count, around)))).toEqual([]);
  expect(settingProblems(page(fenced("yaml", "caravan:pools: {")))).toHaveLength(1);
});

it("finds variables that nobody reads", () => {
  expect(variableProblems(page("CARAVAN_SSH_LOGINS and CARAVAN_MOON"))).toEqual(["docs/broken.md: the library reads no CARAVAN_MOON"]);
});
