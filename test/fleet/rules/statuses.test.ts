import { expect, it } from "vitest";
import { Fleet } from "../../../fleet/rules/fleet.ts";
import { claimStatus, clusterStatus, poolStatus } from "../../../fleet/rules/statuses.ts";
import type { View } from "../../../fleet/rules/view.ts";
import { claim, cluster, minutes, pool, run, START, view } from "../support/objects.ts";

const held = claim("held");
const objects: Partial<View> = {
  now: START + 10 * 60_000,
  pools: [pool({ size: 2, max: 9 })],
  clusters: [
    cluster("ci-held", { claim: held, spec: { expiresAt: minutes(135) } }),
    cluster("ci-ready"),
    cluster("ci-new"),
    cluster("ci-making"),
    cluster("ci-broken"),
    cluster("ci-dying", { deleted: true }),
  ],
  claims: [held, claim("waits"), claim("greedy", { spec: { for: "9h" } }), claim("lost", { spec: { pool: "cy" } })],
  runs: [
    run("ci-held-up-1", "Succeeded"),
    run("ci-ready-up-1", "Succeeded"),
    run("ci-making-up-1", "Running"),
    ...[1, 2].map((number) => run(`ci-broken-up-${number}`, "Failed", { began: number, error: `error ${number}` })),
    run("ci-dying-destroy-1", "Failed", { error: "timeout" }),
  ],
};
const seen = view(objects);
const fleet = new Fleet(seen);

it("derives the phases of clusters, with the last error where something is wrong", () => {
  const statuses = Object.fromEntries(seen.clusters.map((each) => [each.metadata.name, clusterStatus(each, fleet)]));
  expect(statuses).toEqual({
    "ci-held": { phase: "Ready" },
    "ci-ready": { phase: "Ready" },
    "ci-new": { phase: "Pending" },
    "ci-making": { phase: "Provisioning" },
    "ci-broken": { phase: "Failed", message: "error 2" },
    "ci-dying": { phase: "Deleting", message: "timeout" },
  });
});

it("derives a pool's counts, with the first error of failures in a row", () => {
  const counts = { ready: 1, coming: 3, given: 1, deleting: 1, waiting: 1 };
  expect(poolStatus(seen.pools[0]!, seen, fleet)).toEqual({ ...counts, failures: 2, message: "error 1" });
  const third = { ...seen, runs: [...seen.runs, run("ci-new-up-1", "Failed", { began: 9 })] };
  expect(poolStatus(seen.pools[0]!, third, new Fleet(third))).toMatchObject({ failures: 3, pausedUntil: minutes(11), message: "error 1" });
  const bare = { ...seen, templates: [] };
  expect(poolStatus(seen.pools[0]!, bare, fleet).message).toBe(
    'there is no ClusterTemplate "mini" in this namespace; make it, or name another',
  );
});

it("derives what became of claims", () => {
  const statuses = Object.fromEntries(seen.claims.map((each) => [each.metadata.name, claimStatus(each, seen, fleet)]));
  const given = { cluster: "ci-held", kubeconfigSecret: "ci-held-kubeconfig", givenAt: minutes(0), expiresAt: minutes(120) };
  expect(statuses).toEqual({
    held: { phase: "Given", ...given },
    waits: { phase: "Waiting", message: "no cluster could be made: error 1" },
    greedy: { phase: "Refused", endedAt: minutes(10), message: 'for: "9h" is longer than pool ci allows; use at most "8h"' },
    lost: { phase: "Waiting", message: 'there is no ClusterPool "cy" in this namespace; make it, or name another' },
  });
  const full = { ...seen, pools: [pool({ size: 1, max: 2 })], runs: [] };
  expect(claimStatus(seen.claims[1]!, full, new Fleet(full))).toEqual({
    phase: "Waiting",
    message: "pool ci has its maximum of 2 clusters, and all are held or being deleted",
  });
  const later = { ...seen, now: START + 121 * 60_000 };
  const ended = { phase: "Ended", ...given, endedAt: minutes(121), message: "its time is over; the cluster is deleted soon" } as const;
  expect(claimStatus(held, later, fleet)).toEqual(ended);
  const gone = { ...later, clusters: [] };
  const after = { ...held, status: { ...ended, phase: "Given" } as const };
  expect(claimStatus(after, gone, new Fleet(gone))).toMatchObject({ phase: "Ended", message: "cluster ci-held was deleted" });
});
