import { expect, test } from "vitest";
import { propertyDiffs } from "../../../../devcloud/plugins/server/property-diff.ts";
import { secret } from "../../../../devcloud/plugins/server/property-values.ts";

test("every difference has its own path, and those that require it replace", () => {
  const olds = { same: [1, { a: "b" }], list: [1, 2], map: { "a.b": 1, c: 2 }, gone: true };
  const news = { same: [1, { a: "b" }], list: [1, 3, 4], map: { "a.b": 2, c: 2 }, added: null };
  expect(propertyDiffs(olds, news, (path) => path.startsWith("list"))).toEqual([
    { path: "added", kind: "add", replace: false },
    { path: "gone", kind: "delete", replace: false },
    { path: "list[1]", kind: "update", replace: true },
    { path: "list[2]", kind: "add", replace: true },
    { path: 'map["a.b"]', kind: "update", replace: false },
  ]);
});

test("a secret is compared as a whole, also when only its secrecy changes", () => {
  const whole = [{ path: "a", kind: "update", replace: false }];
  expect(propertyDiffs({ a: secret({ b: 1 }) }, { a: secret({ b: 2 }) }, () => false)).toEqual(whole);
  expect(propertyDiffs({ a: { b: 1 } }, { a: secret({ b: 1 }) }, () => false)).toEqual(whole);
  expect(propertyDiffs({ a: secret({ b: 1 }) }, { a: secret({ b: 1 }) }, () => false)).toEqual([]);
});
