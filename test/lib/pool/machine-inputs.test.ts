import { expect, it } from "vitest";
import { changedSettings, recreatingInputs } from "../../../lib/pool/machine-inputs.ts";

const volume = { sourceType: "image", uuid: "a", destinationType: "volume", volumeSize: 20, bootIndex: 0, deleteOnTermination: true };

it("picks what recreates a server, without what the plugin has added", () => {
  expect(
    recreatingInputs({
      __defaults: ["configDrive", "name"],
      name: "demo-web-0-1a2b3c4",
      configDrive: false,
      flavorId: "flavor",
      imageId: "a",
      schedulerHints: [{ __defaults: [], group: "group" }],
      blockDevices: [{ __defaults: ["deviceType"], deviceType: "disk", ...volume }],
    }),
  ).toEqual({ imageId: "a", blockDevices: [volume], schedulerHints: [{ group: "group" }] });
});

it.each([
  [{ imageId: "a" }, { imageId: "a" }, []],
  [{ imageId: "a" }, { imageId: "b" }, ["image"]],
  [{ imageId: "a" }, { blockDevices: [volume] }, ["volume"]],
  [{ blockDevices: [volume] }, { blockDevices: [{ ...volume, uuid: "b" }] }, ["image"]],
  [{ blockDevices: [volume] }, { blockDevices: [{ ...volume, volumeSize: 30 }] }, ["volume"]],
  [{ blockDevices: [volume] }, { imageId: "b" }, ["image", "volume"]],
  [{ imageId: "a", schedulerHints: [{ group: "g" }] }, { imageId: "a" }, ["server group"]],
  [{ imageId: "a" }, { imageId: "a", configDrive: false }, []],
  [{ imageId: "a" }, { imageId: "a", configDrive: true }, ["config drive"]],
])("sees between %j and %j: %j", (kept, wanted, expected) => {
  expect(changedSettings(kept, wanted)).toEqual(expected);
});
