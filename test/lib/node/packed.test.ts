import { expect, it } from "vitest";
import { packed } from "../../../lib/node/packed.ts";
import { unpacked } from "../../support/unpacked.ts";

it("is the same on every machine and at any time, and smaller than the text", () => {
  expect(packed("ümläute\n".repeat(100))).toBe("H4sIAAAAAAACAzu8Jzfn8JLSklSuUdYoa5Q1XFkAF1UpTegDAAA=");
});

it("unpacks to any text", () => {
  for (const text of ["", "é'\"\\\n\0", "a".repeat(100_000)]) expect(unpacked(packed(text))).toBe(text);
});
