import type { Input } from "@pulumi/pulumi";
import { z } from "zod";
import { type FloatingIpSettings, floatingIp } from "../network/settings.ts";
import { type MachineSettings, machine } from "../node/machine-settings.ts";
import { checkedInput, either, input, laterObject, object, port, text, texts } from "../schema.ts";

/** A machine through which others are reached over SSH. */
export interface BastionAccess {
  /** Address of the bastion. */
  host: Input<string>;
  /** SSH host key of the bastion, as `ssh-keyscan` prints it without the name: "ssh-ed25519 AAAA...". */
  hostKey: Input<string>;
  /** User on the bastion. @default the user of the nodes */
  user?: Input<string>;
  /** SSH port of the bastion, from 1 to 65535. @default 22 */
  port?: number;
  /** Private key for the bastion, PEM or OpenSSH. @default the key of the nodes */
  privateKey?: Input<string>;
}

/** A bastion of the cluster's own: a small machine with a floating IP. */
export interface OwnBastionSettings extends FloatingIpSettings {
  /** Machine of the bastion; a small flavor does. */
  machine: MachineSettings;
  /** Networks from which SSH to it is open. @default those of SSH to the control planes */
  allowedCidrs?: string[];
}

/** A key pair for SSH. */
export interface SshKeyPairSettings {
  /** Public key, one authorized_keys line. */
  publicKey: Input<string>;
  /** Private key, PEM or OpenSSH. */
  privateKey: Input<string>;
}

/** SSH to the nodes. */
export interface SshSettings {
  /** User on the nodes. @default "root", which the library's user data lets in by key on every cloud-init image */
  user?: string;
  /** Port of the nodes' SSH server, from 1 to 65535. @default 22 */
  port?: number;
  /** Key pair. @default one that is made once and kept, encrypted, in the state */
  keyPair?: Input<SshKeyPairSettings>;
  /** Networks from which SSH to control planes is open; empty: none. @default those of the API */
  allowedCidrs?: string[];
  /** Machine through which nodes are reached: an existing one, or one of the cluster's own. @default the control plane when its API has a floating IP, else none */
  bastion?: BastionAccess | OwnBastionSettings;
}

/** Schema of BastionAccess. @internal */
export const bastionAccess = object({
  host: input,
  hostKey: input,
  user: input.optional(),
  port: port.optional(),
  privateKey: input.optional(),
});
const ownBastion = object({ machine, allowedCidrs: texts.optional(), ...floatingIp });

/** A key that Pulumi's command plugin asks for by SHA-1 alone, which OpenSSH 8.8 has dropped, cannot be pinned. */
const pinnedKey = checkedInput(
  (key) => !key.startsWith("ssh-rsa"),
  'Pulumi\'s command plugin cannot use RSA keys; give the bastion\'s key of type "ssh-ed25519" or "ecdsa-sha2-nistp256"',
);

/** Schema of SshSettings. @internal */
export const ssh = object({
  user: text.optional(),
  port: port.optional(),
  keyPair: laterObject(object({ publicKey: input, privateKey: input }), "must have publicKey and privateKey").optional(),
  allowedCidrs: z.array(z.string()).optional(),
  bastion: either(
    "machine",
    ownBastion,
    bastionAccess.extend({ hostKey: pinnedKey }),
    "must be an object with machine, or host and hostKey",
  ).optional(),
});
