import type * as pulumi from "@pulumi/pulumi";

/** Machine of commands over SSH. */
export interface NodeMachine {
  /** Name of the server, of the Kubernetes node, and of the host key. */
  name: pulumi.Input<string>;
  /** Id of the server. A new id is a new machine. */
  id: pulumi.Input<string>;
  /** Address of the node in the cluster's network. */
  address: pulumi.Input<string>;
  /** Address for SSH. @default `address` */
  sshHost?: pulumi.Input<string>;
  /** Labels of the node that tell its place, "key=value" separated by spaces. @default none */
  topology?: pulumi.Input<string>;
  /** Expected SSH host key. @default learnt at first contact */
  hostKey?: pulumi.Input<string>;
  /** True when its preparation failed and must be retried. @default false */
  unprepared?: pulumi.Input<boolean>;
}
