import { expect, it } from "vitest";
import { changeBeginInput, changeEndInput, parallelChanges } from "../../../lib/pool/change.ts";
import { checkPoolVersion, checkUpgrade } from "../../../lib/pool/upgrade.ts";
import { problemsOf } from "../../support/problems.ts";

const version = (own: string, cluster: string) => problemsOf((problems) => checkPoolVersion(own, cluster, problems));

it("accepts a pool of the cluster's version, and one of up to three minor versions before", () => {
  expect(["1.37.2", "1.37.1", "1.36.9", "1.34.0"].flatMap((own) => version(own, "1.37.2"))).toEqual([]);
  // What is wrong with the cluster's version is said there.
  expect(version("1.36.3", "latest")).toEqual([]);
});

it("refuses a pool that is newer than the cluster, or more than three minor versions older", () => {
  const newer = (own: string) => [
    `kubernetesVersion: "${own}" is newer than the cluster's 1.36.3; raise the cluster's kubernetesVersion first, or leave it out`,
  ];
  expect(version("1.36.4", "1.36.3")).toEqual(newer("1.36.4"));
  expect(version("1.37.0", "1.36.3")).toEqual(newer("1.37.0"));
  expect(version("1.34.4", "1.38.0")).toEqual([
    'kubernetesVersion: "1.34.4" is 4 minor versions older than the cluster\'s 1.38.0, of at most 3; upgrade the pool first',
  ]);
});

it("accepts numbers and shares of nodes", () => {
  const limits = [undefined, 1, 64, "1%", "10%", "100%"].map((maxUnavailable) => (maxUnavailable === undefined ? {} : { maxUnavailable }));
  expect(limits.flatMap((upgrade) => problemsOf((problems) => checkUpgrade(upgrade, problems)))).toEqual([]);
  expect(problemsOf((problems) => checkUpgrade({ maxUnavailable: "0%", maxSurge: "x" }, problems))).toEqual([
    'maxUnavailable: "0%" is no limit of nodes out of service; use a whole number from 1 on, or a share of the pool from "1%" to "100%"',
    'maxSurge: "x" is no limit of machines that are replaced; use a whole number from 1 on, or a share of the pool from "1%" to "100%"',
  ]);
});

it.each([
  [undefined, 64, 26],
  [undefined, 3, 2],
  [{ maxUnavailable: 1 }, 64, 1],
  [{ maxUnavailable: 1000 }, 64, 64],
  [{ maxUnavailable: "100%" }, 64, 64],
  [{ maxUnavailable: "1%" }, 1, 1],
])("has with %j and a batch of %i nodes %i of them change or wait at a time", (upgrade, size, parallel) => {
  expect(parallelChanges(upgrade, size)).toBe(parallel);
});

it("waits for a place longer than any other node takes", () => {
  const args = { owner: "0123456789", pool: "web", kubernetesVersion: "1.36.3" };
  expect(changeBeginInput(args)).toEqual({
    OWNER: "0123456789",
    POOL: "web",
    KUBERNETES_VERSION: "1.36.3",
    MAX_UNAVAILABLE: "10%",
    DRAIN_SECONDS: "300",
    PATIENCE_SECONDS: "2100",
  });
  expect(changeBeginInput({ ...args, upgrade: { maxUnavailable: 2 }, drainSeconds: 60 })).toMatchObject({
    MAX_UNAVAILABLE: "2",
    DRAIN_SECONDS: "60",
    PATIENCE_SECONDS: "1860",
  });
  expect(changeEndInput(args)).toEqual({ OWNER: "0123456789", POOL: "web", KUBERNETES_VERSION: "1.36.3" });
});
