import { expect, test } from "vitest";
import { exponent, exponents } from "./growth.ts";

const sizes = [100, 250, 500, 1019, 2000];

test.each([
  ["linear", 1],
  ["quadratic", 2],
  ["constant", 0],
])("the exponent of %s growth is %d", (_, power) => {
  expect(exponent(sizes.map((size) => ({ size, value: 3 * size ** power })))).toBeCloseTo(power, 2);
});

test("a line through points that do not lie on one minimizes the squares", () => {
  const points = [1, 10, 100].map((size, place) => ({ size, value: [1, 100, 100][place]! }));
  expect(exponent(points)).toBe(1);
});

test("the exponents between sizes show where growth changes", () => {
  expect(exponents(sizes.map((size) => ({ size, value: size < 400 ? size : size ** 2 })))).toEqual([1, 9.97, 2, 2]);
});

test("one point has no exponent", () => {
  expect([exponent([{ size: 1, value: 1 }]), exponents([{ size: 1, value: 1 }])]).toEqual([Number.NaN, []]);
});
