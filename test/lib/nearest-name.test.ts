import { expect, it } from "vitest";
import { isTypoOf, nameAdvice, nearestName } from "../../lib/nearest-name.ts";

const NAMES = ["network", "controlPlane", "pools", "kubernetesVersion", "kubelet", "kubeProxy", "ssh"];

it.each([
  ["pool", "pools"],
  ["Pools", "pools"],
  ["poosl", "pools"],
  ["netwrok", "network"],
  ["controlPlanes", "controlPlane"],
  ["control_plane", "controlPlane"],
  ["kubernetes", "kubernetesVersion"],
  ["kublet", "kubelet"],
  ["sshAccess", undefined],
  ["workers", undefined],
  ["x", undefined],
  ["", undefined],
])("of these names, %j is nearest to %j", (given, nearest) => {
  expect(nearestName(given, NAMES)).toBe(nearest);
});

it("names all known names when none is near", () => {
  expect(nameAdvice("flavour", ["image", "flavor"])).toBe('use "flavor"');
  expect(nameAdvice("size", ["image", "flavor"])).toBe("use one of image, flavor");
});

it("treats up to two mistakes as a typo", () => {
  expect(
    ["caravan", "Caravan", "caravn", "carvan", "caravans", "karawan", "caravel-x", "pulumi"].map((name) => isTypoOf(name, "caravan")),
  ).toEqual([false, true, true, true, true, true, false, false]);
});
