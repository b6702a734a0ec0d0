import fc from "fast-check";
import { expect, it } from "vitest";
import { checkName } from "../../lib/names.ts";
import { problemsOf } from "../support/problems.ts";

const check = (name: string, suffix?: number) => problemsOf((problems) => checkName("name", name, problems, suffix));

it.each(["a", "0", "web", "web-1", "1-web", "a".repeat(63)])("accepts %s", (name) => {
  expect(check(name)).toEqual([]);
});

it.each(["", "-web", "web-", "Web", "web_1", "web.1", "wéb", "web\n"])("refuses %j, which is no DNS label", (name) => {
  expect(check(name)).toEqual([
    `name: "${name}" is not an RFC 1123 label; use lower-case letters, digits and hyphens, beginning and ending with a letter or digit`,
  ]);
});

it("refuses a name that is too long with its suffix", () => {
  expect(check("a".repeat(53), 10)).toEqual([]);
  expect(check("a".repeat(54), 10)).toEqual([
    `name: "${"a".repeat(54)}" has 54 characters; at most 53 leave room for what is added to it, so shorten it`,
  ]);
});

it("reports a name that is both malformed and too long", () => {
  expect(check("A".repeat(64))).toHaveLength(2);
});

it("accepts exactly the names that are DNS labels with their suffix", () => {
  const label = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
  const names = fc.string({ unit: fc.constantFrom(..."abz09-A_."), maxLength: 70 });
  fc.assert(
    fc.property(names, fc.nat(70), (name, suffix) => {
      expect(check(name, suffix).length === 0).toBe(label.test(name) && label.test(name + "0".repeat(suffix)));
    }),
  );
});
