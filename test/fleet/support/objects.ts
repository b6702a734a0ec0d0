import type { ClaimSpec, ClaimStatus, ClusterClaim } from "../../../fleet/crds/kinds/claim.ts";
import type { Cluster, ClusterSpec } from "../../../fleet/crds/kinds/cluster.ts";
import { API_VERSION } from "../../../fleet/crds/kinds/object.ts";
import type { ClusterPool, PoolSpec } from "../../../fleet/crds/kinds/pool.ts";
import type { Run, RunSpec, RunStatus } from "../../../fleet/crds/kinds/run.ts";
import type { ClusterTemplate } from "../../../fleet/crds/kinds/template.ts";
import { FINALIZER } from "../../../fleet/rules/beginnings.ts";
import { recipeOf } from "../../../fleet/rules/runs-of.ts";
import { timeOf } from "../../../fleet/rules/times.ts";
import type { View } from "../../../fleet/rules/view.ts";

/** Time at which the objects below are made. */
export const START = Date.parse("2026-01-01T00:00:00Z");
export const minutes = (count: number) => timeOf(START + count * 60_000);

const RECIPE = {
  cloud: { name: "r1", maxRuns: 4 },
  environmentSecret: "r1",
  configuration: {},
  cluster: { controlPlane: { count: 1 } },
  timeout: "1h",
};

export function template(maxRuns = 4): ClusterTemplate {
  const spec = { ...RECIPE, cloud: { name: "r1", maxRuns } };
  return { apiVersion: API_VERSION, kind: "ClusterTemplate", metadata: { name: "mini" }, spec };
}

export function pool(spec: Partial<PoolSpec> = {}, name = "ci"): ClusterPool {
  const given = { template: "mini", size: 1, max: 3, claim: { default: "2h", maximum: "8h" }, maxAge: "168h", grace: "15m", ...spec };
  return { apiVersion: API_VERSION, kind: "ClusterPool", metadata: { name, creationTimestamp: minutes(0) }, spec: given };
}

interface ClusterOptions {
  /** Minutes after the start at which it was made. @default 0 */
  made?: number;
  deleted?: boolean;
  claim?: ClusterClaim;
  spec?: Partial<ClusterSpec>;
  unhealthySince?: string;
}

export function cluster(name: string, { made = 0, deleted, claim, spec = {}, unhealthySince }: ClusterOptions = {}): Cluster {
  const holder = claim && { name: claim.metadata.name, uid: claim.metadata.uid!, owner: claim.spec.owner, givenAt: minutes(made) };
  return {
    apiVersion: API_VERSION,
    kind: "Cluster",
    metadata: { name, creationTimestamp: minutes(made), finalizers: [FINALIZER], ...(deleted ? { deletionTimestamp: minutes(made) } : {}) },
    spec: { template: "mini", pool: "ci", ...RECIPE, ...(holder ? { claim: holder } : {}), ...spec },
    ...(unhealthySince ? { status: { phase: "Ready", unhealthySince } } : {}),
  };
}

export function claim(
  name: string,
  { made = 0, spec = {}, status }: { made?: number; spec?: Partial<ClaimSpec>; status?: ClaimStatus } = {},
): ClusterClaim {
  return {
    apiVersion: API_VERSION,
    kind: "ClusterClaim",
    metadata: { name, uid: `uid-${name}`, creationTimestamp: minutes(made) },
    spec: { pool: "ci", owner: "anna", ...spec },
    ...(status ? { status } : {}),
  };
}

/** Makes a run by its name, like "ci-a-up-1". It ends a minute after it began. */
export function run(name: string, phase: RunStatus["phase"], { began = 0, error = "" } = {}): Run {
  const [, of = "", operation, number] = /^(.*)-(up|destroy)-(\d+)$/.exec(name) ?? [];
  const spec: RunSpec = {
    cluster: of,
    pool: "ci",
    cloud: "r1",
    operation: operation as RunSpec["operation"],
    number: Number(number),
    recipe: recipeOf(RECIPE),
    afterLoss: false,
  };
  const isOver = phase !== "Pending" && phase !== "Running";
  const status = { phase, ...(isOver ? { finishedAt: minutes(began + 1) } : {}), ...(error ? { error } : {}) };
  return { apiVersion: API_VERSION, kind: "Run", metadata: { name, creationTimestamp: minutes(began) }, spec, status };
}

/** Makes a view with a template and a pool. New clusters are ci-new-1, ci-new-2 and so on. */
export function view(objects: Partial<View>): View {
  let count = 0;
  return {
    now: START,
    templates: [template()],
    pools: [pool()],
    clusters: [],
    claims: [],
    runs: [],
    dead: new Set(),
    idle: new Set(),
    healthy: new Set((objects.clusters ?? []).map(({ metadata }) => metadata.name)),
    newName: (name) => {
      count += 1;
      return `${name}-new-${count}`;
    },
    ...objects,
  };
}
