import { z } from "zod";
import { duration, name, structural, time, validated } from "../schema.ts";
import { AGE, type Column, type FleetObject } from "./object.ts";

/** Longest name of a pool: its clusters' names have a hyphen and ten characters more. */
const LONGEST_POOL_NAME = 25;

const lifetime = validated(
  z.object({
    default: duration("Lifetime of a claim that names none.").default("2h"),
    maximum: duration("Longest lifetime of a claim, extensions included.").default("8h"),
  }),
  {
    rule: "duration(self.default) <= duration(self.maximum)",
    message: "default must not be longer than maximum",
  },
);

const spec = validated(
  z.object({
    template: name("Template of its clusters. A changed template is for later clusters."),
    size: z.int().min(0).max(100).describe("Warm clusters that nobody holds, 0 to 100. More are made while more claims wait."),
    max: z.int().min(1).max(1000).describe("Most clusters, those that are held or being deleted included, 1 to 1000."),
    claim: lifetime.default({ default: "2h", maximum: "8h" }).describe("Lifetime of claims."),
    maxAge: duration("Age at which a cluster that nobody holds is replaced, one at a time.").default("168h"),
    grace: duration("Time for which a cluster stays after its claim's end. A released one is deleted at once.").default("15m"),
  }),
  { rule: "self.max >= self.size", message: "max must be at least size" },
);

const status = z.object({
  ready: z.int().describe("Clusters that can be given."),
  coming: z.int().describe("Clusters that are being made."),
  given: z.int().describe("Clusters that claims hold."),
  deleting: z.int().describe("Clusters that are being deleted."),
  waiting: z.int().describe("Claims that wait."),
  failures: z.int().describe("Failed runs in a row."),
  pausedUntil: time("When runs begin again after three failures in a row.").optional(),
  message: z.string().optional().describe("The first error of them, or what else stands against it."),
});

export type PoolSpec = z.infer<typeof spec>;
export type PoolStatus = z.infer<typeof status>;
/** Warm clusters of one template. */
export type ClusterPool = FleetObject<PoolSpec, PoolStatus>;

const columns: Column[] = [
  { name: "Template", type: "string", jsonPath: ".spec.template" },
  { name: "Size", type: "integer", jsonPath: ".spec.size" },
  { name: "Ready", type: "integer", jsonPath: ".status.ready" },
  { name: "Coming", type: "integer", jsonPath: ".status.coming" },
  { name: "Given", type: "integer", jsonPath: ".status.given" },
  { name: "Deleting", type: "integer", jsonPath: ".status.deleting" },
  { name: "Max", type: "integer", jsonPath: ".spec.max" },
  { name: "Waiting", type: "integer", jsonPath: ".status.waiting" },
  { name: "Paused", type: "string", jsonPath: ".status.pausedUntil", priority: 1 },
  { name: "Message", type: "string", jsonPath: ".status.message", priority: 1 },
  AGE,
];

export const poolKind = {
  kind: "ClusterPool",
  plural: "clusterpools",
  short: ["pool"],
  spec: structural(spec),
  status: structural(status),
  longestName: LONGEST_POOL_NAME,
  scale: { specReplicasPath: ".spec.size", statusReplicasPath: ".status.ready" },
  columns,
};
