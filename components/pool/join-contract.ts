import type * as pulumi from "@pulumi/pulumi";
import type { NodeMachine } from "../ssh/node-machine.ts";

/** Contract with which machines join a cluster as workers. It is plain data, so that any program can supply it. */
export interface JoinContract {
  /** `host:port` at which nodes reach the API. */
  endpoint: pulumi.Input<string>;
  /** Certificate of the cluster's CA, PEM; while it is rotated, another one that is trusted follows. */
  ca: pulumi.Input<string>;
  /** Control planes. Over SSH to one of them, nodes are admitted, labelled, drained and deleted. */
  controlPlanes: pulumi.Input<NodeMachine[]>;
  /** Id of the last restore of etcd: after another one, nodes that it does not know register again. @default none */
  restore?: pulumi.Input<string>;
  /** Resource that exists as long as the cluster. Nodes are not drained when it is deleted. @default nodes are always drained */
  lifetime?: pulumi.Resource;
}
