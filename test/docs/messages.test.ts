import { expect, it } from "vitest";
import { RULES } from "../../docs/generate/rules/rules.ts";
import { collectMessages, unfollowed } from "./support/messages/collect.ts";
import { outdated, unexplained } from "./support/messages/compare.ts";
import { entriesOf } from "./support/messages/entries.ts";
import { Source } from "./support/messages/source.ts";
import { readPages } from "./support/page.ts";

const messages = collectMessages();
const entries = readPages().flatMap(entriesOf);
const refused = Object.values(RULES).flatMap(({ rules }) =>
  Object.values(rules).flatMap((rule) => rule.refused.flatMap(([, lines]) => lines)),
);

it("explains every message that users can meet", () => {
  expect(unexplained(messages, entries, refused)).toEqual([]);
});

it("explains no message that nothing says", () => {
  expect(outdated(messages, entries)).toEqual([]);
});

it("follows every text that has the form of an error", () => {
  expect(unfollowed(new Source(), messages)).toEqual([]);
});
