import { expect, it } from "vitest";
import { defined } from "../../lib/defined.ts";

it("removes undefined properties, and nothing else", () => {
  const given = defined({ zone: undefined, port: 0, name: "", open: false, note: null });
  expect(Object.entries(given)).toEqual([
    ["port", 0],
    ["name", ""],
    ["open", false],
    ["note", null],
  ]);
});

it("makes a property optional that may be undefined, for types without undefined values", () => {
  const zone = (name: string): string | undefined => name || undefined;
  const given: { zone?: string; port: number } = defined({ zone: zone("a"), port: 22 });
  expect(given).toEqual({ zone: "a", port: 22 });
});
