import { z } from "zod";
import { duration, name, structural, time, validated } from "../schema.ts";
import { AGE, type Column, type FleetObject } from "./object.ts";

const spec = validated(
  z.object({
    pool: name("Pool that gives the cluster."),
    owner: name("User who may read the kubeconfig: the one who makes the claim, as `kubectl auth whoami` tells."),
    for: duration(
      "Lifetime from when the cluster is given. A longer one extends it. The pool's claim.default, if it is missing.",
    ).optional(),
  }),
  { rule: "self.pool == oldSelf.pool", message: "pool cannot be changed; make another claim" },
  { rule: "self.owner == oldSelf.owner", message: "owner cannot be changed; make another claim" },
);

/** What became of a claim. */
export const CLAIM_PHASES = ["Waiting", "Given", "Ended", "Refused"] as const;

const status = z.object({
  phase: z.enum(CLAIM_PHASES).describe("What became of the claim."),
  cluster: name("Cluster that was given.").optional(),
  kubeconfigSecret: name("Secret with the kubeconfig in its key `kubeconfig`, which the owner alone may read.").optional(),
  givenAt: time("When the cluster was given.").optional(),
  expiresAt: time("End of the claim. The cluster goes after the pool's grace.").optional(),
  endedAt: time("When it had ended or was refused.").optional(),
  message: z.string().optional().describe("Why it waits, ended or was refused."),
});

export type ClaimSpec = z.infer<typeof spec>;
export type ClaimStatus = z.infer<typeof status>;
/** Wish for a cluster of a pool. Its deletion gives the cluster back. */
export type ClusterClaim = FleetObject<ClaimSpec, ClaimStatus>;

const columns: Column[] = [
  { name: "Pool", type: "string", jsonPath: ".spec.pool" },
  { name: "Phase", type: "string", jsonPath: ".status.phase" },
  { name: "Cluster", type: "string", jsonPath: ".status.cluster" },
  { name: "Expires", type: "string", jsonPath: ".status.expiresAt" },
  { name: "Owner", type: "string", jsonPath: ".spec.owner" },
  { name: "Message", type: "string", jsonPath: ".status.message", priority: 1 },
  AGE,
];

export const claimKind = {
  kind: "ClusterClaim",
  plural: "clusterclaims",
  short: ["claim"],
  spec: structural(spec),
  status: structural(status),
  columns,
};
