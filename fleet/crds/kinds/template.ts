import { z } from "zod";
import { anyFields, duration, name, structural } from "../schema.ts";
import { AGE, type Column, type FleetObject } from "./object.ts";

/** Most runs at once on a cloud by default: four, each with its own engine and plugins of about 500 MB (docs/measurements.md). */
const RUNS_AT_ONCE = 4;

/** What makes a cluster: a template has it, and each cluster its own copy. */
export const recipe = {
  cloud: z
    .object({
      name: name("Name of the cloud and region, for the limit of runs. Templates with the same name share it.", 63),
      maxRuns: z
        .int()
        .min(1)
        .max(100)
        .default(RUNS_AT_ONCE)
        .describe("Most runs at once on this cloud, 1 to 100, deletions included. The least of its templates counts."),
    })
    .describe("Cloud of the clusters."),
  environmentSecret: name("Secret in the same namespace whose keys are variables of the runs: OS_*, PULUMI_*, AWS_* and proxies."),
  configuration: z
    .record(z.string(), z.string())
    .default({})
    .describe(
      'Configuration of Pulumi\'s plugins by full keys, like "openstack:maxRetries". No secrets: they belong into environmentSecret.',
    ),
  cluster: anyFields("Arguments of KubernetesCluster, as docs/configuration.md has them."),
  timeout: duration("Longest run, after which it is interrupted.").default("1h"),
};

const spec = z.object(recipe);

/** What makes clusters. */
export type TemplateSpec = z.infer<typeof spec>;
export type ClusterTemplate = FleetObject<TemplateSpec, never>;

const columns: Column[] = [
  { name: "Cloud", type: "string", jsonPath: ".spec.cloud.name" },
  { name: "Version", type: "string", jsonPath: ".spec.cluster.kubernetesVersion" },
  AGE,
];

export const templateKind = { kind: "ClusterTemplate", plural: "clustertemplates", short: [], spec: structural(spec), columns };
