import { expect, it } from "vitest";
import { markIn, markText } from "../../lib/ownership.ts";

const STACK = "4e03048e-69bb-49a7-80da-5cd5caffa6d1";

it.each([
  ["demo-api", `caravan-cluster=demo ${STACK} -api`],
  ["demo-bastion", `caravan-cluster=demo ${STACK} -bastion`],
  ["demonstration", `caravan-cluster=demo ${STACK} demonstration`],
  ["other-api", `caravan-cluster=demo ${STACK} other-api`],
])("marks an object with the resource %s and its stack", (resource, text) => {
  expect(markText({ clusterName: "demo", stack: STACK, resource })).toBe(text);
  expect(markIn(text)).toEqual({ clusterName: "demo", stack: STACK, resource });
});

it.each([undefined, "", "web", STACK, "caravan-cluster=demo", `caravan-cluster=demo ${STACK}`, "caravan-cluster=demo stack -api"])(
  "finds no mark in %j, which anybody may write",
  (text) => {
    expect(markIn(text)).toBeUndefined();
  },
);

it("fits into the 160 characters of Designate with the longest names", () => {
  const clusterName = "c".repeat(46);
  expect(markText({ clusterName, stack: STACK, resource: `${clusterName}-api` }).length).toBeLessThanOrEqual(160);
});
