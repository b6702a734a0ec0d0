import { expect, test } from "vitest";
import { atLeast } from "../../../devcloud/toolchain/version.ts";

test.each([
  ["v3.259.0\n", "3.225.0", true],
  ["v3.225.0", "3.225.0", true],
  ["v3.224.9", "3.225.0", false],
  ["go1.19.8", "1.21.0", false],
  ["go1.26", "1.21.0", true],
  ["4.0.0-alpha.1", "3.225.0", true],
])("%j is at least %s: %s", (text, minimum, expected) => {
  expect(atLeast(text, minimum)).toBe(expected);
});

test("a text without a version is refused", () => {
  expect(() => atLeast("devel", "1.21.0")).toThrow('no version number in "devel"');
});
