import { z } from "zod";
import { name, structural, time, validated } from "../schema.ts";
import { AGE, type Column, type FleetObject } from "./object.ts";
import { recipe } from "./template.ts";

/** Longest name of a cluster. The names of its machines are longer by "-control-plane-0" and a generated suffix, and have 63 at most. */
export const LONGEST_CLUSTER_NAME = 36;

const holder = z.object({
  name: name("Name of the claim."),
  uid: name("Id of the claim: a later one of the same name is another.", 64),
  owner: name("User who alone may read the kubeconfig."),
  givenAt: time("When the cluster was given to it."),
});

const spec = validated(
  z.object({
    template: name("Template that the rest was copied from."),
    pool: name("Pool that the cluster was made for.").optional(),
    ...recipe,
    expiresAt: time("Deadline at which the cluster is deleted, whatever else happens.").optional(),
    claim: holder.optional().describe("Claim that holds the cluster. A cluster is given once."),
  }),
  {
    rule: "!has(oldSelf.claim) || (has(self.claim) && self.claim == oldSelf.claim)",
    message: "a cluster is given once: claim cannot be changed; make another cluster",
  },
  {
    rule: "has(self.pool) == has(oldSelf.pool) && (!has(self.pool) || self.pool == oldSelf.pool)",
    message: "pool cannot be changed; make another cluster",
  },
);

/** What a cluster does. */
export const CLUSTER_PHASES = ["Pending", "Provisioning", "Ready", "Failed", "Deleting"] as const;

const status = z.object({
  phase: z.enum(CLUSTER_PHASES).describe("What the cluster does."),
  message: z.string().optional().describe("Why it is not ready, or why it is deleted."),
  unhealthySince: time("First of the last checks in a row that its API did not answer well.").optional(),
});

export type ClusterSpec = z.infer<typeof spec>;
export type ClusterStatus = z.infer<typeof status>;
/** Cluster that is made, and removed with its object. */
export type Cluster = FleetObject<ClusterSpec, ClusterStatus>;

const columns: Column[] = [
  { name: "Phase", type: "string", jsonPath: ".status.phase" },
  { name: "Pool", type: "string", jsonPath: ".spec.pool" },
  { name: "Claim", type: "string", jsonPath: ".spec.claim.name" },
  { name: "Owner", type: "string", jsonPath: ".spec.claim.owner", priority: 1 },
  { name: "Expires", type: "string", jsonPath: ".spec.expiresAt" },
  { name: "Message", type: "string", jsonPath: ".status.message", priority: 1 },
  AGE,
];

export const clusterKind = {
  kind: "Cluster",
  plural: "clusters",
  short: ["fc"],
  spec: structural(spec),
  status: structural(status),
  longestName: LONGEST_CLUSTER_NAME,
  columns,
};
