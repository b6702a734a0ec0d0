import { expect, it } from "vitest";
import { checkKubernetesVersion, DEFAULT_KUBERNETES_VERSION, minorOf, SUPPORTED_MINORS } from "../../../lib/node/kubernetes-version.ts";
import { problemsOf } from "../../support/problems.ts";

const check = (version: string) => problemsOf((problems) => checkKubernetesVersion("kubernetesVersion", version, problems));

it("supports four minor versions", () => {
  expect(SUPPORTED_MINORS).toEqual(["1.34", "1.35", "1.36", "1.37"]);
});

it.each([...SUPPORTED_MINORS.map((minor) => `${minor}.0`), "1.34.12", DEFAULT_KUBERNETES_VERSION])("accepts %s", (version) => {
  expect(check(version)).toEqual([]);
});

it.each(["v1.36.3", "1.36", "latest", "", "1.36.3-rc.1", "1.36.3\n"])("refuses %j, which is no full version", (version) => {
  expect(check(version)).toEqual([`kubernetesVersion: "${version}" is not a full version; write it without a "v", like 1.36.3`]);
});

it.each(["1.33.9", "1.38.0", "1.3.4", "2.36.0"])("refuses %s, which is not supported", (version) => {
  expect(check(version)).toEqual([`kubernetesVersion: "${version}" is not supported; choose a version of 1.34, 1.35, 1.36, 1.37`]);
});

it("returns the minor version", () => {
  expect(minorOf("1.36.3")).toBe("1.36");
});
