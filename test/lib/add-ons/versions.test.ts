import { expect, it } from "vitest";
import { ADD_ON_VERSIONS, ADD_ONS, type AddOnVersion, checkAddOnVersion, defaultVersion, fits } from "../../../lib/add-ons/versions.ts";
import { SUPPORTED_MINORS } from "../../../lib/node/kubernetes-version.ts";
import { problemsOf } from "../../support/problems.ts";

const table: AddOnVersion[] = [
  { version: "2.1.0", oldest: "1.36" },
  { version: "1.5.3", oldest: "1.34", newest: "1.36" },
];
const check = (version: string, kubernetesVersion: string) =>
  problemsOf((problems) => checkAddOnVersion(table, version, kubernetesVersion, problems));

it("installs these versions with each minor version of Kubernetes", () => {
  const versions = ADD_ONS.map((addOn) => [addOn, SUPPORTED_MINORS.map((minor) => `${minor}: ${defaultVersion(addOn, `${minor}.0`)}`)]);
  expect(Object.fromEntries(versions)).toEqual({ metricsServer: ["1.34: 0.8.0", "1.35: 0.8.0", "1.36: 0.8.0", "1.37: 0.8.0"] });
});

it("has a version of each add-on for each minor version of Kubernetes, which also runs with the next one until an upgrade has come to it", () => {
  for (const addOn of ADD_ONS) {
    for (const [place, minor] of SUPPORTED_MINORS.entries()) {
      const installed = ADD_ON_VERSIONS[addOn].find(({ version }) => version === defaultVersion(addOn, minor))!;
      for (const runs of SUPPORTED_MINORS.slice(place, place + 2)) expect(fits(installed, runs), `${addOn} with ${runs}`).toBe(true);
    }
  }
});

it("accepts any patch of a version that is for this Kubernetes", () => {
  expect(check("2.1.7", "1.37.2")).toEqual([]);
  expect(check("1.5.0", "1.36.3")).toEqual([]);
});

it("refuses an upgrade of Kubernetes for which a given version is not", () => {
  const text = (version: string, range: string, kubernetes: string, fitting: string) =>
    `version: ${version} is for Kubernetes ${range}, not for ${kubernetes}; use a version of ${fitting}, or leave it out, so that it follows kubernetesVersion`;
  expect(check("1.5.3", "1.37.2")).toEqual([text("1.5.3", "1.34 to 1.36", "1.37.2", "2.1")]);
  expect(check("2.1.0", "1.35.4")).toEqual([text("2.1.0", "1.36 and later", "1.35.4", "1.5")]);
});

it("refuses versions that nobody has tried, and texts that are none", () => {
  expect(check("3.0.0", "1.36.3")).toEqual(["version: 3.0.0 is not one that the library knows; use a version of 2.1, 1.5"]);
  expect(check("latest", "1.36.3")).toEqual(['version: "latest" is not a full version; write it without a "v", like 2.1.0']);
});
