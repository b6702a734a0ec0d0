import type * as pulumi from "@pulumi/pulumi";
import type { BastionAccess } from "../../lib/ssh/settings.ts";

/** SSH connection to machines. It is plain data, so that any program can supply it. */
export interface SshConnection {
  /** User; one that is not root needs sudo without a password. */
  user: string;
  /** Port of the nodes' SSH server. */
  port: number;
  /** Private key, PEM or OpenSSH. */
  privateKey: pulumi.Input<string>;
  /** Bastion in front of the machines. @default none */
  bastion?: BastionAccess;
}

/** SSH access to nodes that are OpenStack servers. */
export interface SshAccess extends SshConnection {
  /** Public key, one authorized_keys line. It is in the user data of servers from their creation on. */
  publicKey: pulumi.Input<string>;
}
