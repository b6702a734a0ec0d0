import type * as pulumi from "@pulumi/pulumi";
import type { SshKeyPair } from "../../lib/ssh/key.ts";
import type { MachineArgs } from "../openstack/machine.ts";

/** A machine through which others are reached over SSH. */
export interface BastionAccess {
  /** Address of the bastion. */
  host: pulumi.Input<string>;
  /** Its SSH host key, as `ssh-keyscan` prints it without the name: "ssh-ed25519 AAAA...". */
  hostKey: pulumi.Input<string>;
  /** User on the bastion. @default the user of the nodes */
  user?: pulumi.Input<string>;
  /** SSH port of the bastion, from 1 to 65535. @default 22 */
  port?: number;
  /** Private key for the bastion, PEM or OpenSSH. @default the key of the nodes */
  privateKey?: pulumi.Input<string>;
}

/** How machines are reached over SSH: plain data, so that any program can supply it. */
export interface SshConnection {
  /** User; one that is not root needs sudo without a password. */
  user: string;
  /** Port of the nodes' SSH server. */
  port: number;
  /** Private key, PEM or OpenSSH. */
  privateKey: pulumi.Input<string>;
  /** Machine in between. @default none: nodes are reached directly */
  bastion?: BastionAccess;
}

/** How nodes that are OpenStack servers are reached. */
export interface SshAccess extends SshConnection {
  /** Name of the OpenStack keypair with the public key, given to servers when they are made. */
  keypair: pulumi.Input<string>;
}

/** A bastion of the cluster's own: a small machine with a floating IP. */
export interface OwnBastionArgs {
  /** What it is made from. */
  machine: MachineArgs;
  /** Networks from which SSH to it is open. @default those of SSH to the control planes */
  allowedCidrs?: string[];
}

/** What a user may say about SSH. */
export interface SshArgs {
  /** User on the nodes. @default "root", which the library's user data lets in by key on every cloud-init image */
  user?: string;
  /** Port of the nodes' SSH server, from 1 to 65535. @default 22 */
  port?: number;
  /** Key pair to use. @default one that is made once and kept, encrypted, in the state */
  keyPair?: pulumi.Input<SshKeyPair>;
  /** Networks from which SSH to control planes is open; empty: none. @default those of the API */
  allowedCidrs?: string[];
  /** Machine through which nodes are reached: one that exists, or one of the cluster's own. @default the control plane when its API has a floating IP, else none */
  bastion?: BastionAccess | OwnBastionArgs;
}
