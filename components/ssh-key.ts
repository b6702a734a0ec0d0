import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import { defined } from "../lib/defined.ts";
import { createSshKey } from "../lib/ssh/key.ts";
import type { SshSettings } from "../lib/ssh/settings.ts";
import { remember } from "./engine/remember.ts";
import { withRetries } from "./openstack/retries.ts";
import type { SshAccess } from "./ssh/ssh-access.ts";

/** SSH key of a cluster, made or given, and its key pair in OpenStack. */
export class SshKey extends pulumi.ComponentResource {
  /** SSH access to the nodes, through a bastion only if an existing one is given. */
  readonly access: SshAccess;
  /** Private key, a secret. */
  readonly privateKey: pulumi.Output<string>;

  constructor(name: string, args: SshSettings, opts?: pulumi.ComponentResourceOptions) {
    super("caravan:index:SshKey", name, {}, withRetries(opts));

    const pair = args.keyPair ? pulumi.secret(args.keyPair) : remember(`${name}-pair`, () => createSshKey(name), { parent: this });
    // The public key is no secret. As a secret it would make the key pair's name one, which would hide the whole server in every plan.
    const publicKey = pulumi.unsecret(pair.apply((keys) => keys.publicKey));
    const keypair = new openstack.compute.Keypair(name, { publicKey }, { parent: this });

    this.privateKey = pair.apply((keys) => keys.privateKey);
    this.access = {
      user: args.user ?? "root",
      port: args.port ?? 22,
      privateKey: this.privateKey,
      keypair: keypair.name,
      ...defined({ bastion: args.bastion && "host" in args.bastion ? args.bastion : undefined }),
    };
    this.registerOutputs({ privateKey: this.privateKey });
  }
}
