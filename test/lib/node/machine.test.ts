import { expect, it } from "vitest";
import { checkMachine } from "../../../lib/node/machine.ts";
import { type MachineSettings, SERVER_GROUP_POLICIES, type ServerGroupPolicy } from "../../../lib/node/machine-settings.ts";
import { ID } from "../../support/cluster-args.ts";
import { problemsOf } from "../../support/problems.ts";

const check = (machine: Partial<MachineSettings>) => problemsOf((problems) => checkMachine(machine, problems));

it("accepts what Nova accepts", () => {
  const tags = Array.from({ length: 49 }, (_, index) => `tag ${index}`);
  expect(check({})).toEqual([]);
  expect(check({ volume: { size: 1 }, serverGroup: { id: ID }, tags, metadata: { "a b-_:.1": "v".repeat(255) } })).toEqual([]);
  expect(check({ volume: { size: 2_147_483_647 }, tags: ["t".repeat(60)], metadata: { ["k".repeat(255)]: "" } })).toEqual([]);
  for (const policy of SERVER_GROUP_POLICIES) expect(check({ serverGroup: { policy } })).toEqual([]);
});

it.each([0, -1, 1.5, Number.NaN, 2_147_483_648])("refuses a volume of %d GiB", (size) => {
  expect(check({ volume: { size } })).toEqual([`volume.size: ${size} is not a size of a volume; use whole GiB from 1 to 2147483647`]);
});

it("refuses a policy that Nova does not have", () => {
  expect(check({ serverGroup: { policy: "spread" as ServerGroupPolicy } })).toEqual([
    'serverGroup.policy: "spread" is no policy; use soft-anti-affinity, anti-affinity, soft-affinity, affinity',
  ]);
});

it.each(["", "a,b", "a/b", "t".repeat(61)])("refuses %j as a tag", (tag) => {
  expect(check({ tags: [tag] })).toEqual([`tags[0]: "${tag}" is no tag; use 1 to 60 characters without "," and "/"`]);
});

it("counts the library's own tag, and refuses repeated tags", () => {
  const tags = Array.from({ length: 50 }, (_, index) => `tag-${index}`);
  expect(check({ tags })).toEqual(["tags: has 50 tags; a server takes 49 beside the library's own, so leave some out"]);
  expect(check({ tags: ["a", "a"] })).toEqual(['tags[1]: "a" is named twice; name each tag once']);
});

it("refuses metadata that Nova or the library does not accept", () => {
  expect(check({ metadata: { "caravan-cluster": "other", "a/b": "", note: "n".repeat(256) } })).toEqual([
    'metadata["caravan-cluster"]: "caravan-cluster" is set by the library; choose another key',
    'metadata["a/b"]: "a/b" is no metadata key; use 1 to 255 letters, digits, spaces and "-", "_", ":", "."',
    'metadata["note"]: has a value of 256 characters; a server takes at most 255, so shorten it',
  ]);
});
