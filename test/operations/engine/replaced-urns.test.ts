import { expect, it } from "vitest";
import { replacedByName, replacedVariable, whileReplacing } from "../../../operations/engine/replaced-urns.ts";

const known = () => [...replacedByName()].sort();

it("tells the programs of all runs that are under way what is replaced by name, and nothing afterwards", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const first = whileReplacing(["urn::a"], () => promise);
  expect(known()).toEqual(["urn::a"]);
  await whileReplacing(["urn::b c"], async () => expect(known()).toEqual(["urn::a", "urn::b c"]));
  await expect(whileReplacing(["urn::d"], () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(known()).toEqual(["urn::a"]);
  resolve();
  await first;
  expect(known()).toEqual([]);
});

it("sets no variable for a run that replaces nothing", () => {
  expect([replacedVariable([]), replacedVariable(["urn::a"])]).toEqual([{}, { CARAVAN_REPLACED: '["urn::a"]' }]);
});
