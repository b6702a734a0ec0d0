import type * as pulumi from "@pulumi/pulumi";
import type { BastionAccess } from "../../lib/ssh/settings.ts";

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
