import type { ClusterSpec } from "../crds/kinds/cluster.ts";
import type { RunSpec } from "../crds/kinds/run.ts";

/** Holder of a cluster. */
export type Holder = NonNullable<ClusterSpec["claim"]>;

/** One thing that the controller does. */
export type Action =
  /** Notes that the process of a run is gone, after all that it has started is. */
  | { type: "lose"; run: string }
  /** Starts the process of a run that another controller has left. */
  | { type: "start"; run: string }
  /** Interrupts an `up` whose cluster is deleted. */
  | { type: "stop"; run: string }
  /** Deletes a cluster's object. Its finalizer keeps it until all of the cluster is gone. */
  | { type: "delete"; cluster: string; reason: string; releasedBy?: string }
  /** Gives a cluster to a claim. */
  | { type: "give"; cluster: string; claim: Holder; expiresAt: string }
  /** Changes the deadline of a cluster, because its claim was extended. */
  | { type: "extend"; cluster: string; expiresAt: string }
  /** Makes a cluster's object. */
  | { type: "create"; cluster: string; pool: string }
  /** Makes a run's object and starts its process. */
  | { type: "run"; run: string; spec: RunSpec }
  /** Lets the object of a destroyed cluster go. */
  | { type: "forget"; cluster: string }
  /** Deletes an object that nobody needs any more. */
  | { type: "clear"; kind: "ClusterClaim" | "Run"; name: string };
