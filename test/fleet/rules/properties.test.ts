import { array, assert, constantFrom, integer, oneof, property, record } from "fast-check";
import { expect, it } from "vitest";
import { isActive } from "../../../fleet/rules/runs-of.ts";
import { pool } from "../support/objects.ts";
import { type Event, World } from "../support/world.ts";

const which = integer({ min: 0, max: 9 });
const event = oneof(
  record({ type: constantFrom("claim" as const), for: constantFrom("10m", "2h", "100h") }),
  record({ type: constantFrom("claim" as const) }),
  record({ type: constantFrom("release" as const), which }),
  record({
    type: constantFrom("end run" as const),
    which,
    phase: constantFrom("Succeeded" as const, "Succeeded" as const, "Failed" as const),
  }),
  record({ type: constantFrom("all runs succeed" as const) }),
  record({ type: constantFrom("kill run" as const), which }),
  record({ type: constantFrom("kill controller" as const), after: integer({ min: 0, max: 6 }) }),
  record({ type: constantFrom("resize" as const), size: integer({ min: 0, max: 4 }) }),
  record({ type: constantFrom("wait" as const), minutes: integer({ min: 0, max: 300 }) }),
);
const sizes = record({ size: integer({ min: 0, max: 3 }), more: integer({ min: 1, max: 3 }), events: array(event, { maxLength: 60 }) });

/** Most runs at once on the world's cloud. */
const MOST_RUNS = 2;

function check(world: World): void {
  const holders = world.clusters.flatMap(({ spec }) => spec.claim?.uid ?? []);
  expect(new Set(holders).size).toBe(holders.length);
  expect(world.clusters.length).toBeLessThanOrEqual(world.pool.spec.max);
  expect(world.runs.filter(isActive).length).toBeLessThanOrEqual(MOST_RUNS);
  const perStack = world.runs.filter(isActive).map(({ spec }) => spec.cluster);
  expect(new Set(perStack).size).toBe(perStack.length);
}

it("gives no cluster twice and no claim two, and keeps the limits of clusters and runs, whatever happens", () => {
  assert(
    property(sizes, ({ size, more, events }) => {
      const world = new World(pool({ size, max: size + more }));
      for (const each of events as Event[]) {
        world.look();
        check(world);
        world.happen(each);
      }
    }),
    { numRuns: 1500 },
  );
});

it("comes to rest with the wanted size once all runs succeed and all claims have ended", () => {
  assert(
    property(sizes, ({ size, more, events }) => {
      const world = new World(pool({ size, max: size + more }));
      for (const each of events as Event[]) {
        world.look();
        world.happen(each);
      }
      world.claims = [];
      // Pauses of at most 30 minutes end, and lost runs are noticed.
      for (let round = 0; round < 40; round += 1) {
        world.look();
        world.succeed();
        world.happen({ type: "wait", minutes: 31 });
      }
      expect(world.look().filter(({ type }) => type !== "clear")).toEqual([]);
      expect(world.clusters.length).toBe(world.pool.spec.size);
      expect(world.runs.filter(isActive)).toEqual([]);
    }),
    { numRuns: 300 },
  );
});
