import { describe, expect, it } from "vitest";
import { plan } from "../../../fleet/rules/plan.ts";
import { recipeOf } from "../../../fleet/rules/runs-of.ts";
import { claim, cluster, minutes, pool, run, START, template, view } from "../support/objects.ts";

const at = (count: number) => START + count * 60_000;
const recipe = recipeOf(cluster("any").spec);
const begun = (of: string, operation: "up" | "destroy", number = 1, afterLoss = false) => ({
  type: "run",
  run: `${of}-${operation}-${number}`,
  spec: { cluster: of, pool: "ci", cloud: "r1", operation, number, recipe, afterLoss },
});
const ready = (...names: string[]) => names.map((name) => run(`${name}-up-1`, "Succeeded"));

describe("order", () => {
  it("adopts, then deletes what has ended and what is broken, then gives, creates and begins runs, deletions first", () => {
    const held = claim("held");
    const objects = {
      now: at(500),
      pools: [pool({ size: 2, max: 9 })],
      clusters: [
        cluster("ci-ended", { claim: held, spec: { expiresAt: minutes(400) } }),
        cluster("ci-broken", { made: 1 }),
        cluster("ci-ready", { made: 2 }),
        cluster("ci-dying", { deleted: true }),
        cluster("ci-running", { made: 3 }),
        cluster("ci-new", { made: 4 }),
      ],
      claims: [held, claim("waits", { made: 490 })],
      runs: [
        ...ready("ci-ended", "ci-ready"),
        run("ci-broken-up-1", "Failed"),
        run("ci-broken-up-2", "Failed", { error: "no room" }),
        run("ci-running-up-1", "Running", { began: 4 }),
      ],
      dead: new Set(["ci-running-up-1"]),
    };
    expect(plan(view(objects))).toEqual([
      { type: "lose", run: "ci-running-up-1" },
      { type: "delete", cluster: "ci-ended", reason: `its time ended at ${minutes(400)}` },
      { type: "delete", cluster: "ci-broken", reason: "it could not be made: no room" },
      {
        type: "give",
        cluster: "ci-ready",
        claim: { name: "waits", uid: "uid-waits", owner: "anna", givenAt: minutes(500) },
        expiresAt: minutes(500 + 120 + 15),
      },
      begun("ci-dying", "destroy"),
      begun("ci-new", "up"),
    ]);
  });

  it("does nothing when all is as wanted", () => {
    expect(plan(view({ clusters: [cluster("ci-a")], runs: ready("ci-a") }))).toEqual([]);
  });
});

describe("giving", () => {
  const clusters = [cluster("ci-old"), cluster("ci-young", { made: 1 })];
  const gifts = (objects: Parameters<typeof view>[0]) =>
    plan(view({ pools: [pool({ size: 2 })], clusters, runs: ready("ci-old", "ci-young"), claims: [claim("a")], ...objects })).flatMap(
      (action) => (action.type === "give" ? [[action.cluster, action.claim.name]] : []),
    );

  it("gives the oldest claim the oldest cluster", () => {
    expect(gifts({ claims: [claim("late", { made: 2 }), claim("early", { made: 1 })] })).toEqual([
      ["ci-old", "early"],
      ["ci-young", "late"],
    ]);
  });

  it("gives no cluster whose API does not answer well now", () => {
    expect(gifts({ healthy: new Set(["ci-young"]) })).toEqual([["ci-young", "a"]]);
    expect(gifts({ healthy: new Set() })).toEqual([]);
  });

  it("gives no cluster that is being made, or whose run is not known to have ended", () => {
    expect(gifts({ runs: [...ready("ci-young"), run("ci-old-up-1", "Running")] })).toEqual([["ci-young", "a"]]);
  });

  it("gives nothing to a claim that asks for more than the pool allows, was given one before, or is deleted", () => {
    const deleted = claim("c");
    deleted.metadata.deletionTimestamp = minutes(1);
    const claims = [claim("a", { spec: { for: "9h" } }), claim("b", { status: { phase: "Ended", cluster: "ci-gone" } }), deleted];
    expect(gifts({ claims })).toEqual([]);
  });

  it("moves the deadline of a claim that is extended, up to the pool's maximum, also after it has passed", () => {
    const held = claim("held", { spec: { for: "3h" } });
    const greedy = claim("greedy", { spec: { for: "100h" } });
    const objects = {
      now: at(140),
      pools: [pool({ size: 0 })],
      clusters: [
        cluster("ci-a", { claim: held, spec: { expiresAt: minutes(135) } }),
        cluster("ci-b", { claim: greedy, spec: { expiresAt: minutes(135) } }),
      ],
      claims: [held, greedy],
      runs: ready("ci-a", "ci-b"),
    };
    expect(plan(view(objects))).toEqual([
      { type: "extend", cluster: "ci-a", expiresAt: minutes(195) },
      { type: "extend", cluster: "ci-b", expiresAt: minutes(495) },
    ]);
  });
});

describe("deleting", () => {
  const deleted = (objects: Parameters<typeof view>[0]) =>
    plan(view(objects)).flatMap((action) => (action.type === "delete" ? [[action.cluster, action.reason]] : []));

  it("deletes a cluster whose claim is gone, by asking for the claim first", () => {
    const objects = { pools: [pool({ size: 0 })], clusters: [cluster("ci-a", { claim: claim("gone") })], runs: ready("ci-a") };
    expect(plan(view(objects))).toEqual([{ type: "delete", cluster: "ci-a", reason: "claim gone was released", releasedBy: "gone" }]);
  });

  it("keeps a cluster that a claim holds when its pool is gone, until its deadline, and deletes the others", () => {
    const held = claim("held");
    const clusters = [cluster("ci-held", { claim: held, spec: { expiresAt: minutes(60) } }), cluster("ci-free")];
    const objects = { pools: [], clusters, claims: [held], runs: ready("ci-held", "ci-free") };
    expect(deleted(objects)).toEqual([["ci-free", "pool ci was deleted"]]);
    expect(deleted({ ...objects, now: at(60) })).toEqual([
      ["ci-free", "pool ci was deleted"],
      ["ci-held", `its time ended at ${minutes(60)}`],
    ]);
  });

  it("deletes the second of two clusters that one claim was given", () => {
    const held = claim("held", { status: { phase: "Given", cluster: "ci-b" } });
    const clusters = [cluster("ci-a", { claim: held }), cluster("ci-b", { claim: held })];
    expect(deleted({ pools: [pool({ size: 0 })], clusters, claims: [held] })).toEqual([["ci-a", "claim held has another cluster"]]);
  });

  it("replaces clusters that are too old, one at a time", () => {
    const old = { pools: [pool({ size: 2, max: 4, maxAge: "1h" })], now: at(120), runs: ready("ci-a", "ci-b") };
    expect(deleted({ ...old, clusters: [cluster("ci-a"), cluster("ci-b", { made: 1 })] })).toEqual([["ci-a", "it is older than 1h"]]);
    expect(deleted({ ...old, clusters: [cluster("ci-a", { deleted: true }), cluster("ci-b", { made: 1 })] })).toEqual([]);
  });

  it("replaces a warm cluster that is unwell for more than five minutes", () => {
    const clusters = [cluster("ci-a", { unhealthySince: minutes(10) })];
    expect(deleted({ clusters, runs: ready("ci-a"), now: at(15) })).toEqual([]);
    expect(deleted({ clusters, runs: ready("ci-a"), now: at(16) })).toEqual([
      ["ci-a", `its API has not answered well since ${minutes(10)}`],
    ]);
  });

  it("deletes what is too much when the size falls, unready ones first, then the newest", () => {
    const clusters = [cluster("ci-a"), cluster("ci-b", { made: 1 }), cluster("ci-c", { made: 2 }), cluster("ci-d", { made: 3 })];
    const objects = { pools: [pool({ size: 1, max: 4 })], clusters, runs: ready("ci-a", "ci-b", "ci-d") };
    const why = "pool ci needs fewer";
    expect(deleted(objects)).toEqual([
      ["ci-c", why],
      ["ci-d", why],
      ["ci-b", why],
    ]);
    expect(deleted({ ...objects, claims: [claim("a"), claim("b"), claim("c")], healthy: new Set() })).toEqual([]);
  });
});

describe("creating", () => {
  const made = (objects: Parameters<typeof view>[0]) => plan(view(objects)).filter(({ type }) => type === "create").length;

  it("fills the pool up to its size, and makes one more for each claim that waits, up to its maximum", () => {
    expect(made({ pools: [pool({ size: 2, max: 5 })] })).toBe(2);
    expect(made({ pools: [pool({ size: 2, max: 5 })], claims: [claim("a"), claim("b")] })).toBe(4);
    expect(made({ pools: [pool({ size: 2, max: 3 })], claims: [claim("a"), claim("b")] })).toBe(3);
  });

  it("counts clusters that are being deleted against the maximum", () => {
    expect(made({ pools: [pool({ size: 2, max: 2 })], clusters: [cluster("ci-a", { deleted: true })] })).toBe(1);
  });

  it("makes none without its template, or while three failures in a row pause the pool", () => {
    expect(made({ templates: [] })).toBe(0);
    const runs = [1, 2, 3].map((number) => run(`ci-x-up-${number}`, "Failed", { began: number }));
    expect(made({ runs, now: at(4.5) })).toBe(0);
    expect(made({ runs, now: at(5.1) })).toBe(1);
    expect(made({ runs: runs.slice(1), now: at(4.5) })).toBe(1);
  });
});

describe("runs", () => {
  it("begins no more than the cloud allows, deletions first and counted, over all pools", () => {
    const clusters = [cluster("ci-a"), cluster("ci-b", { deleted: true }), cluster("ci-c"), cluster("ci-d", { deleted: true })];
    const objects = { pools: [pool({ size: 2, max: 9 })], clusters, templates: [template(2)] };
    expect(plan(view(objects))).toEqual([begun("ci-b", "destroy"), begun("ci-d", "destroy")]);
    expect(plan(view({ ...objects, runs: [run("ci-a-up-1", "Running")] }))).toEqual([begun("ci-b", "destroy")]);
  });

  it("does a lost run again, after the lock that it left is removed", () => {
    expect(plan(view({ clusters: [cluster("ci-a")], runs: [run("ci-a-up-1", "Lost")] }))).toEqual([begun("ci-a", "up", 2, true)]);
  });

  it("starts what another controller has left pending, and stops an `up` whose cluster is deleted", () => {
    const clusters = [cluster("ci-a"), cluster("ci-b", { deleted: true })];
    const runs = [run("ci-a-up-1", "Pending"), run("ci-b-up-1", "Running")];
    expect(plan(view({ clusters, runs, idle: new Set(["ci-a-up-1"]) }))).toEqual([
      { type: "start", run: "ci-a-up-1" },
      { type: "stop", run: "ci-b-up-1" },
    ]);
  });

  it("repeats a failed deletion after 1, 2, 4 and at most 30 minutes, and forgets the cluster only when all is gone", () => {
    const clusters = [cluster("ci-a", { deleted: true })];
    const failed = (count: number) =>
      Array.from({ length: count }, (_, place) => run(`ci-a-destroy-${place + 1}`, "Failed", { began: place }));
    const planned = (count: number, minute: number) => plan(view({ pools: [], clusters, runs: failed(count), now: at(count + minute) }));
    expect(planned(1, 0.9)).toEqual([]);
    expect(planned(1, 1)).toEqual([begun("ci-a", "destroy", 2)]);
    expect(planned(9, 29)).toEqual([]);
    expect(planned(9, 30)).toEqual([begun("ci-a", "destroy", 10)]);
    const done = { pools: [], clusters, runs: [...failed(1), run("ci-a-destroy-2", "Succeeded", { began: 3 })] };
    expect(plan(view(done))).toEqual([{ type: "forget", cluster: "ci-a" }]);
  });

  it("does lost runs again at once, and after the third of them in the rhythm of failures", () => {
    const clusters = [cluster("ci-a", { deleted: true })];
    const lost = (count: number) => Array.from({ length: count }, (_, place) => run(`ci-a-destroy-${place + 1}`, "Lost", { began: place }));
    const planned = (count: number, minute: number) => plan(view({ pools: [], clusters, runs: lost(count), now: at(count + minute) }));
    expect(planned(3, 0)).toEqual([begun("ci-a", "destroy", 4, true)]);
    expect(planned(4, 0.5)).toEqual([]);
    expect(planned(4, 1)).toEqual([begun("ci-a", "destroy", 5, true)]);
  });

  it("tries a cluster of no pool for ever, with pauses, and deletes it at its deadline alone", () => {
    const { pool: _, ...spec } = cluster("own").spec;
    const own = { ...cluster("own"), spec: { ...spec, expiresAt: minutes(60) } };
    const runs = [1, 2].map((number) => run(`own-up-${number}`, "Failed", { began: number }));
    const planned = (minute: number) => plan(view({ pools: [], clusters: [own], runs, now: at(minute) }));
    expect(planned(4)).toEqual([]);
    expect(planned(5)).toMatchObject([{ type: "run", run: "own-up-3" }]);
    expect(planned(60)).toEqual([{ type: "delete", cluster: "own", reason: `its time ended at ${minutes(60)}` }]);
  });

  it("runs a cluster again whose recipe was changed", () => {
    const changed = cluster("ci-a", { spec: { cluster: { controlPlane: { count: 3 } } } });
    const [action] = plan(view({ clusters: [changed], runs: ready("ci-a") }));
    expect(action).toMatchObject({ type: "run", run: "ci-a-up-2", spec: { recipe: recipeOf(changed.spec) } });
  });

  it("removes ended claims, and runs of clusters that are gone, after a day", () => {
    const claims = [claim("old", { status: { phase: "Ended", endedAt: minutes(0) } })];
    const objects = { pools: [], claims, runs: [run("ci-x-up-1", "Succeeded")] };
    expect(plan(view({ ...objects, now: at(24 * 60) }))).toEqual([]);
    expect(plan(view({ ...objects, now: at(24 * 60 + 2) }))).toEqual([
      { type: "clear", kind: "ClusterClaim", name: "old" },
      { type: "clear", kind: "Run", name: "ci-x-up-1" },
    ]);
  });
});
