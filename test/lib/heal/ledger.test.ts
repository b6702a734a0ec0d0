import { expect, it } from "vitest";
import { ledgerData, ledgerIn, recorded, replacementsOf } from "../../../lib/heal/ledger.ts";

const NOW = "2026-11-28T12:00:00Z";

it("counts a place's replacements within a window", () => {
  const ledger = { a: ["2026-11-28T05:59:00Z", "2026-11-28T06:01:00Z", "2026-11-28T11:00:00Z"] };
  expect([6, 7].map((hours) => replacementsOf(ledger, "a", NOW, hours))).toEqual([2, 3]);
  expect(replacementsOf(ledger, "b", NOW, 6)).toBe(0);
});

it("records replacements, and drops what is older than any window", () => {
  const ledger = { old: ["2026-11-20T12:00:00Z"], a: ["2026-11-20T12:00:00Z", "2026-11-28T11:00:00Z"] };
  expect(recorded(ledger, ["a", "b"], NOW)).toEqual({ a: ["2026-11-28T11:00:00Z", NOW], b: [NOW] });
});

it("reads what it writes, and leaves out what is no time", () => {
  const ledger = { a: [NOW, "2026-11-28T11:00:00Z"], b: [NOW] };
  expect(ledgerIn(ledgerData(ledger))).toEqual(ledger);
  expect(ledgerIn({ a: `nonsense ${NOW}` })).toEqual({ a: [NOW] });
  expect(ledgerIn(undefined)).toEqual({});
});
