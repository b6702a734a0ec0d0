import { expect, it } from "vitest";
import { chartSource, mergeValues } from "../../../lib/cni/helm-chart.ts";

it("finds a chart by name in a repository", () => {
  expect(chartSource("cilium", "1.19.6", "https://helm.cilium.io")).toEqual({
    chart: "cilium",
    version: "1.19.6",
    repositoryOpts: { repo: "https://helm.cilium.io" },
  });
});

it.each(["oci://registry.example.com/cilium", "./charts/cilium"])("finds %s without a repository", (chart) => {
  expect(chartSource(chart, "1.19.6", "https://helm.cilium.io")).toEqual({ chart, version: "1.19.6" });
});

it("merges values deeply, and lets the later ones win", () => {
  const base = { operator: { replicas: 2, image: { tag: "a" } }, list: [1, 2], plain: "base" };
  const over = { operator: { image: { tag: "b" } }, list: [3], plain: { now: "an object" }, more: null };
  expect(mergeValues(base, over)).toEqual({
    operator: { replicas: 2, image: { tag: "b" } },
    list: [3],
    plain: { now: "an object" },
    more: null,
  });
});

it("does not change either set of values", () => {
  const base = { operator: { replicas: 2 } };
  const over = { operator: { replicas: 1 } };
  mergeValues(base, over);
  expect([base, over]).toEqual([{ operator: { replicas: 2 } }, { operator: { replicas: 1 } }]);
});
