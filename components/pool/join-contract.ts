import type * as pulumi from "@pulumi/pulumi";
import type { NodeMachine } from "../ssh/node-machine.ts";

/** What turns a machine into a worker of a cluster. Plain data, so that any program can supply it. */
export interface JoinContract {
  /** `host:port` at which nodes reach the API. */
  endpoint: pulumi.Input<string>;
  /** Certificate of the cluster's CA, PEM. */
  ca: pulumi.Input<string>;
  /** Control planes, on which over SSH nodes are admitted, and Node objects labelled, drained and deleted. */
  controlPlanes: pulumi.Input<NodeMachine[]>;
  /** When this resource goes, the whole cluster goes, and nodes are not drained first. @default nodes are always drained */
  lifetime?: pulumi.Resource;
}
