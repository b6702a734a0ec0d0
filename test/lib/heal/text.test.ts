import { expect, it } from "vitest";
import { planText } from "../../../lib/heal/text.ts";

const object = { kind: "worker", name: "demo-web-0", id: "i", urn: "u" };

it("writes what is replaced and what is not", () => {
  expect(planText("demo", { stopped: [], replaced: [], told: [] })).toBe('cluster "demo": nothing to heal\n');
  const told = [
    { object, reason: "r", objection: "w", isPending: true },
    { object: { kind: "imported worker", name: "m" }, reason: "r", objection: "w", isPending: false },
  ];
  expect(planText("demo", { stopped: [], replaced: [{ object, key: "k", reason: "gone" }], told }).split("\n")).toEqual([
    'cluster "demo": 1 machine is replaced, 2 machines are not',
    "  replace worker demo-web-0: gone",
    "  wait for worker demo-web-0: r; w",
    "  leave imported worker m: r; w",
    "",
  ]);
  expect(planText("demo", { stopped: ["a", "b"], replaced: [], told: [] })).toBe('cluster "demo": nothing is replaced\n  a\n  b\n');
});
