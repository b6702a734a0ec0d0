import fc from "fast-check";
import { expect, it } from "vitest";
import { batches, checkNodeKeys, nodeKeys } from "../../../lib/pool/node-keys.ts";
import type { NodeKeys } from "../../../lib/pool/settings.ts";
import { problemsOf } from "../../support/problems.ts";

const check = (keys: NodeKeys) => problemsOf((problems) => checkNodeKeys(keys, problems));

it("counts keys from zero and leaves out those in `without`", () => {
  expect(nodeKeys({ count: 0 })).toEqual([]);
  expect(nodeKeys({ count: 3 })).toEqual(["0", "1", "2"]);
  expect(nodeKeys({ count: 4, without: ["0", "2"] })).toEqual(["1", "3"]);
});

it("puts 64 keys in a batch", () => {
  const sizes = [...batches(nodeKeys({ count: 140 }))].map(([batch, keys]) => [batch, keys[0], keys.length]);
  expect(sizes).toEqual([
    ["0", "0", 64],
    ["1", "64", 64],
    ["2", "128", 12],
  ]);
});

it("keeps every other key in its batch when one is removed", () => {
  const pool = fc.integer({ min: 1, max: 200 }).chain((count) => fc.record({ count: fc.constant(count), gone: fc.nat(count - 1) }));
  fc.assert(
    fc.property(pool, ({ count, gone }) => {
      const key = String(gone);
      const expected = [...batches(nodeKeys({ count }))].map(([batch, keys]) => [batch, keys.filter((each) => each !== key)]);
      const left = [...batches(nodeKeys({ count, without: [key] }))];
      expect(left).toEqual(expected.filter(([, keys]) => keys?.length));
    }),
  );
});

it.each([0, 1, 5000])("accepts a pool of %i", (count) => {
  expect(check({ count })).toEqual([]);
});

it.each([-1, 1.5, 5001, Number.NaN])("refuses %d as a number of nodes", (count) => {
  expect(check({ count })).toEqual([`count: ${count} is not a number of nodes; use a whole number from 0 to 5000`]);
});

it("refuses keys that a pool does not have, and repeated ones, all at once", () => {
  expect(check({ count: 3, without: ["3", "01", "x", "", "1", "1"] })).toEqual([
    'without[0]: "3" is no key of a pool of 3; leave it out',
    'without[1]: "01" is no key of a pool of 3; leave it out',
    'without[2]: "x" is no key of a pool of 3; leave it out',
    'without[3]: "" is no key of a pool of 3; leave it out',
    'without[5]: "1" is named twice; name each key once',
  ]);
});
