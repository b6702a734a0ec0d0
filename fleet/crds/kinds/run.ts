import { z } from "zod";
import { name, structural, time, validated } from "../schema.ts";
import { AGE, type Column, type FleetObject } from "./object.ts";

const spec = validated(
  z.object({
    cluster: name("Cluster whose stack is run."),
    pool: name("Its pool.").optional(),
    cloud: name("Its cloud, for the limit of runs."),
    operation: z.enum(["up", "destroy"]).describe("Operation of Pulumi."),
    number: z.int().min(1).describe("Number of the run among those of this cluster and operation."),
    recipe: name("Hash of the cluster's recipe that it runs.", 64),
    afterLoss: z.boolean().default(false).describe("The last run of this cluster died, so the lock that it left is removed first."),
  }),
  { rule: "self == oldSelf", message: "a run cannot be changed; the controller makes another one" },
);

/** Run's process on its machine. Its number alone may belong to another one later, or after a restart of the machine. */
const process = z.object({
  host: name("Name of the machine."),
  boot: name("Id of the machine's start.", 64),
  pid: z.int(),
  started: z.string().describe("Kernel's clock ticks from the machine's start to that of the process."),
});

/** What became of a run. Lost is one whose process died, Stopped one whose cluster was deleted meanwhile. */
export const RUN_PHASES = ["Pending", "Running", "Succeeded", "Failed", "Lost", "Stopped"] as const;

const status = z.object({
  phase: z.enum(RUN_PHASES).describe("What became of the run."),
  process: process.optional(),
  startedAt: time("When its process began.").optional(),
  heartbeatAt: time("When its process last wrote here.").optional(),
  finishedAt: time("When it ended.").optional(),
  steps: z.int().optional().describe("Resources that it has changed so far."),
  resource: z.string().optional().describe("Last resource that it has begun."),
  error: z.string().optional().describe("First error."),
});

export type RunSpec = z.infer<typeof spec>;
export type RunStatus = z.infer<typeof status>;
export type RunProcess = z.infer<typeof process>;
/** One run of Pulumi on a cluster's stack. */
export type Run = FleetObject<RunSpec, RunStatus>;

const columns: Column[] = [
  { name: "Cluster", type: "string", jsonPath: ".spec.cluster" },
  { name: "Operation", type: "string", jsonPath: ".spec.operation" },
  { name: "Phase", type: "string", jsonPath: ".status.phase" },
  { name: "Steps", type: "integer", jsonPath: ".status.steps" },
  { name: "Resource", type: "string", jsonPath: ".status.resource", priority: 1 },
  { name: "Error", type: "string", jsonPath: ".status.error", priority: 1 },
  AGE,
];

export const runKind = { kind: "Run", plural: "runs", short: [], spec: structural(spec), status: structural(status), columns };
