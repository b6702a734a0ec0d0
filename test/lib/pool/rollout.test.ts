import { expect, it } from "vitest";
import { type MachineStatus, planRollout, rolloutLine } from "../../../lib/pool/rollout.ts";
import { isShare, shareOf } from "../../../lib/pool/share.ts";

/** Letters of statuses: one for each machine, in the order of keys. */
const LETTERS: Record<string, MachineStatus> = { a: "absent", b: "broken", f: "former", p: "present" };

/** Returns the keys of each run, as "0 1 | 2". */
function steps(machines: string, maxSurge?: number | string, leftovers = 0): string {
  const statuses = new Map([...machines].map((letter, key) => [String(key), LETTERS[letter]!]));
  return planRollout({ machines: statuses, maxSurge, leftovers })
    .steps.map((keys) => keys.join(" "))
    .join(" | ");
}

it.each([
  // Numbers and shares. A share is rounded down to at least one machine.
  ["ffffffff", 2, "0 1 | 2 3 | 4 5 | 6 7"],
  ["fffff", 2, "0 1 | 2 3 | 4"],
  ["ffffffff", undefined, "0 1 | 2 3 | 4 5 | 6 7"],
  ["fff", undefined, "0 | 1 | 2"],
  ["ffffffffff", "25%", "0 1 | 2 3 | 4 5 | 6 7 | 8 9"],
  ["ffffffffff", "1%", "0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9"],
  ["fff", "100%", "0 1 2"],
  ["ff", 1000, "0 1"],
  // Half way: what is done stays, also when the image changes a second time.
  ["ppffffff", 2, "2 3 | 4 5 | 6 7"],
  ["fpfpfpfp", 2, "0 2 | 4 6"],
  ["pppp", 2, ""],
  ["", 2, ""],
  // A pool that grows, and one that has become smaller: new machines take no place, and the share is that of the wanted size.
  ["ffffaaaa", "25%", "0 1 | 2 3"],
  ["ffff", "25%", "0 | 1 | 2 | 3"],
  ["aaaa", "25%", ""],
])("replaces of %s with the limit %j: %s", (machines, maxSurge, expected) => {
  expect(steps(machines, maxSurge)).toBe(expected);
});

it("counts machines that are replaced anyway, and ends what an earlier run has left first", () => {
  expect(steps("bfffff", 2)).toBe("1 | 2 3 | 4 5");
  expect(steps("bbbfff", 2)).toBe(" | 3 4 | 5");
  expect(steps("bbb", 2)).toBe("");
  expect(steps("ppffff", 3, 1)).toBe(" | 2 3 4 | 5");
  expect(steps("ppffff", 2, 2)).toBe(" | 2 3 | 4 5");
  // The last replacement is ended by a run, too.
  expect([planRollout({ machines: new Map([["0", "present"]]), maxSurge: 1, leftovers: 1 }).steps, steps("pp", 2, 0)]).toEqual([[[]], ""]);
});

it("says what remains after this run, and how to go on", () => {
  const line = (args: object) => rolloutLine({ pool: "web", size: 12, settings: ["image"], stack: "prod", others: 0, steps: [], ...args });
  const rest = "run `pulumi up` again, or `npx caravan roll prod`, for the next 3";
  const later = [
    ["3", "4", "5"],
    ["6", "7", "8"],
    ["9", "10", "11"],
  ];
  expect(line({ steps: [["0", "1", "2"], ...later] })).toBe(`pool web: 3 of 12 machines have the new image after this run; ${rest}`);
  expect(line({ steps: [["2"], ...later], others: 2, settings: ["image", "volume"] })).toBe(
    `pool web: 3 of 12 machines have the new image and volume after this run, in which 2 other replacements come first; ${rest}`,
  );
  expect([line({ steps: [["0"]] }), line({})]).toEqual([undefined, undefined]);
});

it("knows numbers and shares", () => {
  expect([1, 5000, "1%", "25%", "100%"].filter((value) => !isShare(value))).toEqual([]);
  expect([0, -1, 1.5, "0%", "101%", "2", "", "2.5%"].filter(isShare)).toEqual([]);
  expect([shareOf("25%", 12), shareOf("25%", 3), shareOf("29%", 100), shareOf(7, 2)]).toEqual([3, 1, 29, 7]);
});
