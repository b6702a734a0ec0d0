import { expect, it } from "vitest";
import { topologyLabels, zoneOf } from "../../../lib/node/zones.ts";

it("gives each key the next zone, whoever else is there", () => {
  const zones = ["a", "b", "c"];
  expect([0, 1, 2, 3, 7].map((key) => zoneOf(zones, key))).toEqual(["a", "b", "c", "a", "b"]);
  expect(zoneOf(undefined, 3)).toBeUndefined();
});

it("labels a node with its region and zone", () => {
  expect(topologyLabels({ zone: "nova", region: "RegionOne" })).toBe(
    "topology.kubernetes.io/region=RegionOne topology.kubernetes.io/zone=nova",
  );
});

it.each([
  ["no zone", {}, ""],
  ["an empty zone, as of a server that was never started", { zone: "", region: "" }, ""],
  ["characters that a label cannot have, as OpenStack's cloud controller", { zone: "-Zone A/1." }, "topology.kubernetes.io/zone=Zone-A-1"],
  ["a long name", { zone: "z".repeat(80) }, `topology.kubernetes.io/zone=${"z".repeat(63)}`],
])("takes %s", (_what, place, labels) => {
  expect(topologyLabels(place)).toBe(labels);
});

it("leaves labels that the user sets", () => {
  expect(topologyLabels({ zone: "nova", region: "one" }, { "topology.kubernetes.io/zone": "rack-1", tier: "web" })).toBe(
    "topology.kubernetes.io/region=one",
  );
});
