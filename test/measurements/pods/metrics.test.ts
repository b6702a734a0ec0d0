import { expect, it } from "vitest";
import { countOf, histogram, metricSum, quantile, since } from "./metrics.ts";

const TEXT = `# TYPE request_duration_seconds histogram
request_duration_seconds_bucket{verb="POST",le="0.1"} 50
request_duration_seconds_bucket{verb="POST",le="0.2"} 90
request_duration_seconds_bucket{verb="POST",le="+Inf"} 100
request_duration_seconds_bucket{verb="GET",le="0.1"} 10
request_duration_seconds_bucket{verb="GET",le="0.2"} 10
request_duration_seconds_bucket{verb="GET",le="+Inf"} 10
request_duration_seconds_count{verb="POST"} 100
database_bytes 4.096e+06
database_bytes_in_use 1
`;
const posts = histogram(TEXT, "request_duration_seconds", ({ verb }) => verb === "POST");

it("reads the buckets of the wanted series, and sums those of several", () => {
  expect([...posts]).toEqual([
    [0.1, 50],
    [0.2, 90],
    [Number.POSITIVE_INFINITY, 100],
  ]);
  expect([...histogram(TEXT, "request_duration_seconds")]).toEqual([
    [0.1, 60],
    [0.2, 100],
    [Number.POSITIVE_INFINITY, 110],
  ]);
});

it("computes quantiles within a bucket, and the last finite bound beyond it", () => {
  expect([0.25, 0.5, 0.7, 0.99].map((share) => quantile(posts, share)?.toFixed(3))).toEqual(["0.050", "0.100", "0.150", "0.200"]);
});

it("has no quantile without observations", () => {
  expect(quantile(since(posts, posts), 0.99)).toBe(undefined);
  expect(quantile(new Map(), 0.99)).toBe(undefined);
});

it("counts the observations between two readings", () => {
  expect(countOf(since(new Map([[Number.POSITIVE_INFINITY, 40]]), posts))).toBe(60);
});

it("distinguishes a metric from others whose names begin with its name", () => {
  expect(metricSum(TEXT, "database_bytes")).toBe(4_096_000);
});
