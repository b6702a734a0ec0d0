import type * as pulumi from "@pulumi/pulumi";

/** A machine as commands over SSH see it. */
export interface NodeMachine {
  /** Name of the server, of the Kubernetes node, and of the host key. */
  name: pulumi.Input<string>;
  /** Id of the server: a new id is a new machine. */
  id: pulumi.Input<string>;
  /** Address of the node in the cluster's network. */
  address: pulumi.Input<string>;
  /** Address at which SSH is reached. @default the node's own */
  sshHost?: pulumi.Input<string>;
  /** SSH host key to expect. @default learnt at first contact */
  hostKey?: pulumi.Input<string>;
  /** Whether its preparation failed, and is still to be done. @default false */
  unprepared?: pulumi.Input<boolean>;
}
