import type * as pulumi from "@pulumi/pulumi";
import type { NodeMachine } from "./node-commands.ts";

/** What turns a machine into a worker of a cluster. Plain data, so that any program can supply it. */
export interface JoinContract {
  /** `host:port` at which nodes reach the API. */
  endpoint: pulumi.Input<string>;
  /** kubeconfig with the group system:bootstrappers:kubeadm:default-node-token, which may only ask for a node's certificate. */
  bootstrapKubeconfig: pulumi.Input<string>;
  /** Control planes, on which Node objects are labelled, drained and deleted over SSH. */
  controlPlanes: pulumi.Input<NodeMachine[]>;
  /** When this resource goes, the whole cluster goes, and nodes are not drained first. @default nodes are always drained */
  lifetime?: pulumi.Resource;
}
