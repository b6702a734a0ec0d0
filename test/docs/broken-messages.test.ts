import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { messagesInCode, unfollowed } from "./support/messages/collect.ts";
import { outdated, unexplained } from "./support/messages/compare.ts";
import { entriesOf } from "./support/messages/entries.ts";
import type { Message } from "./support/messages/message.ts";
import { messagesInScript } from "./support/messages/scripts.ts";
import { Source } from "./support/messages/source.ts";

// The check of messages.test.ts, on sources and pages that it must refuse.
const folder = mkdtempSync(join(tmpdir(), "messages-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Writes a source in which "@" stands for "$": a template is the source's, not this file's. */
function write(file: string, text: string): string {
  writeFileSync(join(folder, file), text.replaceAll("@", "$"));
  return join(folder, file);
}

const said = (text: string, file = "lib/scripts/worker.sh"): Message => ({ text, file, line: 7, isOptional: false });
const row = (cells: string, head = "message") => ({
  path: "docs/broken.md",
  text: `# Messages\n\n| ${head} | cause | cure |\n|---|---|---|\n| ${cells} |\n`,
});

it("collects what errors, logs and problems say, through variables, functions, arguments and conditions", () => {
  const other = write("other.ts", "export const reasonOf = (late: boolean) => (late ? `too late; come earlier` : `too early`);\n");
  const file = write(
    "code.ts",
    [
      `import { reasonOf } from "./other.ts";`,
      "const limit = 3;",
      "class Refusal extends Error {}",
      "class Named extends Error { constructor(name: string) { super(`@{name} is refused`); } }",
      "const refuse = (problem: string): never => { throw new Error(`the key @{problem}`); };",
      "export function check(name: string, problems: Map<string, string> & { add(a: string, b: string): void }): void {",
      '  if (name === "") refuse("has no name; give one");',
      "  problems.add(name, `is @{limit}, ` + `and not @{name}; @{reasonOf(true)}`);",
      "  if (limit > 2) throw new Refusal(`no room for @{name ?? 'anybody else'}`);",
      "  for (const line of [name].map((each) => `line of @{each}`)) console.error(line);",
      "  throw new Named(name);",
      "}",
    ].join("\n"),
  );
  const texts = messagesInCode(new Source([other, file])).map(({ text, line, isOptional }) => `${line}${isOptional ? "?" : ""}: ${text}`);
  expect(texts.sort()).toEqual([
    "10: line of …",
    "1: too late; come earlier",
    "1?: too early",
    "4: … is refused",
    "5: the key …",
    "7: has no name; give one",
    "8: is …, and not …; …",
    "9: no room for …",
    "9?: anybody else",
  ]);
});

it("finds a text with a cure that it cannot follow", () => {
  const text = 'let problem = "";\nif (Date.now() > 7) problem = `@{7} is late; use an earlier one`;\nthrow new Error(problem);\n';
  const source = new Source([write("later.ts", text)]);
  expect(unfollowed(source, messagesInCode(source))).toEqual([expect.stringMatching(/later\.ts:2: {2}is late; use an earlier one$/)]);
});

it("collects what scripts say, with all that the shell puts in as values", () => {
  const shell = write(
    "node.sh",
    [
      '[[ -n $1 ]] || fail "no $(uname -s "x") for @{NAME:-none}: \\`run\\` it again, $((2 * 3)) times"',
      '# fail "in a comment"',
      '  is_done || run "join $NAME" join_node',
      '(wait_for 300 "the end of $NAME" is_stopped) || true',
    ].join("\n"),
  );
  const python = write("check.py", 'raise Refused("it asks for %s" % name)\nprint("%d more", file=sys.stderr)\n');
  const texts = [shell, python].flatMap(messagesInScript).map(({ text, line }) => `${line}: ${text}`);
  expect(texts).toEqual([
    "1: no … for …: `run` it again, … times",
    "3: join …, after … s; its last lines are above",
    "4: timed out after … s waiting for the end of …",
    "1: it asks for …",
    "2: … more",
  ]);
});

it("says where to write what about a message that no page explains", () => {
  const messages = [
    said("no disk | of …"),
    said("… is no colour; use red", "lib/node/rules.ts"),
    said("3 of …; use red", "lib/node/rules.ts"),
  ];
  expect(unexplained(messages, [], ['color: "3 of them; use red"'])).toEqual([
    "lib/scripts/worker.sh:7: no page explains this message; add this row to docs/troubleshooting/workers.md: | `no disk \\| of …` | its cause | its cure |",
    "lib/node/rules.ts:7: no page explains this message; add this row to docs/troubleshooting/settings.md, " +
      "or a value that is refused with this text to docs/generate/rules/: | `… is no colour; use red` | its cause | its cure |",
  ]);
});

it("takes no general entry, nor one of a single word, for an entry of its own", () => {
  const messages = [said("…, after … s; see above"), said("join the cluster, after … s; see above"), said("the disk of …")];
  const entries = entriesOf(row("`…, after … s; see above` `… of …` | a cause | a cure"));
  expect(unexplained(messages, entries, []).map((line) => /`.*`/.exec(line)![0])).toEqual([
    "`join the cluster, after … s; see above`",
    "`the disk of …`",
  ]);
});

it("finds entries that nothing says, and such without a cure; others' messages are not looked for", () => {
  const messages = [said("no disk of … is free; buy one")];
  const problems = (cells: string, head?: string) => outdated(messages, entriesOf(row(cells, head)));
  expect(problems("`no disk of … is free` ``the `moon` is full`` | a cause | a cure")).toEqual([
    'docs/broken.md:5: nothing says "the `moon` is full"; remove the row, or write the words that the source has now',
  ]);
  expect(problems("`no disk of …` | a cause | ")).toEqual(['docs/broken.md:5: "no disk of …" has no cause or no cure']);
  expect(problems("`the moon is full` | a cause | a cure", "message of others")).toEqual([]);
});
