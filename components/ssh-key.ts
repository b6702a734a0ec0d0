import * as pulumi from "@pulumi/pulumi";
import { defined } from "../lib/defined.ts";
import { createSshKey } from "../lib/ssh/key.ts";
import type { SshSettings } from "../lib/ssh/settings.ts";
import { remember } from "./engine/remember.ts";
import type { SshAccess } from "./ssh/ssh-access.ts";

/** SSH key of a cluster, made or given. OpenStack has no key pair of it: the public key is in the user data of servers. */
export class SshKey extends pulumi.ComponentResource {
  /** SSH access to the nodes, through a bastion only if an existing one is given. */
  readonly access: SshAccess;
  /** Private key, a secret. */
  readonly privateKey: pulumi.Output<string>;

  constructor(name: string, args: SshSettings, opts?: pulumi.ComponentResourceOptions) {
    super("caravan:index:SshKey", name, {}, opts);

    const pair = args.keyPair ? pulumi.secret(args.keyPair) : remember(`${name}-pair`, () => createSshKey(name), { parent: this });

    this.privateKey = pair.apply((keys) => keys.privateKey);
    this.access = {
      user: args.user ?? "root",
      port: args.port ?? 22,
      privateKey: this.privateKey,
      publicKey: pulumi.unsecret(pair.apply((keys) => keys.publicKey)),
      ...defined({ bastion: args.bastion && "host" in args.bastion ? args.bastion : undefined }),
    };
    this.registerOutputs({ privateKey: this.privateKey });
  }
}
