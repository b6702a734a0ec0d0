import { randomUUID } from "node:crypto";
import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import { BASTION_MAX_STARTUPS, bastionFiles, checkBastion } from "../lib/bastion.ts";
import { encodeNodeFiles } from "../lib/node-files.ts";
import { Problems } from "../lib/problems.ts";
import { bastionRules } from "../lib/security-rules.ts";
import type { NetworkAttachment } from "./cluster-network.ts";
import { clusterTags, type MachineArgs, serverArgs } from "./machine.ts";
import { fanOut, hostKeyOf } from "./node-commands.ts";
import { securityGroup } from "./security-group.ts";
import type { BastionAccess, SshAccess } from "./ssh-access.ts";

export interface BastionArgs {
  /** Name of the cluster. */
  clusterName: string;
  /** What the bastion is made from; a small flavor does. */
  machine: MachineArgs;
  /** The nodes' network. */
  network: NetworkAttachment;
  /** Name of the external network that the floating IP is taken from. */
  floatingIpPool: pulumi.Input<string>;
  /** Networks from which SSH to the bastion is open. */
  allowedCidrs: string[];
  /** How the nodes are reached; the bastion has the same user, port and key. */
  ssh: SshAccess;
}

/** Seconds in which a new bastion must let us in and be set up. */
const CONTACT_SECONDS = 900;

/** A small machine with a floating IP through which, and only through which, nodes are reached over SSH. */
export class Bastion extends pulumi.ComponentResource {
  /** How others reach nodes through it: known when it lets many sessions through. */
  readonly access: BastionAccess;
  /** Its floating IP. */
  readonly address: pulumi.Output<string>;

  constructor(name: string, args: BastionArgs, opts?: pulumi.ComponentResourceOptions) {
    validate(name, args);
    super("caravan:index:Bastion", name, {}, opts);
    const { clusterName, network, ssh } = args;

    const group = securityGroup(name, clusterName, bastionRules(args.allowedCidrs, ssh.port), this);
    const port = new openstack.networking.Port(
      name,
      {
        networkId: network.networkId,
        fixedIps: [{ subnetId: network.subnetId }],
        securityGroupIds: [group.id],
        tags: clusterTags(clusterName),
      },
      { parent: this },
    );
    const server = new openstack.compute.Instance(
      name,
      { ...serverArgs(args, this, { name }), networks: [{ port: port.id }] },
      // Nothing lives on it, so a new image makes it anew; but a port serves one machine at a time.
      { parent: this, replaceOnChanges: ["imageId"], ignoreChanges: ["userData", "keyPair"], deleteBeforeReplace: true },
    );
    this.address = this.#floatingIp(name, args, port);

    const machine = { name: server.name, id: server.id, address: server.accessIpV4, sshHost: this.address };
    const input = { MAX_STARTUPS: BASTION_MAX_STARTUPS, FILES: encodeNodeFiles(bastionFiles(ssh.port)) };
    const contacted = fanOut(
      `${name}-contact`,
      { machines: [machine], ssh, script: "bastion", input, deadline: CONTACT_SECONDS },
      { parent: this },
    );
    const hostKey = hostKeyOf(contacted, server.id);
    // The address alone is known long before anybody gets through.
    const host = pulumi.all([this.address, hostKey]).apply(([address]) => address);
    this.access = { host, hostKey, user: ssh.user, port: ssh.port };
    this.registerOutputs({ address: this.address });
  }

  /** The address, known when it leads to the port. */
  #floatingIp(name: string, { clusterName, floatingIpPool, network }: BastionArgs, port: openstack.networking.Port): pulumi.Output<string> {
    const floatingIp = new openstack.networking.FloatingIp(
      name,
      { pool: floatingIpPool, description: `caravan-cluster=${clusterName} ${randomUUID()}`, tags: clusterTags(clusterName) },
      // Floating IPs have no names: when a run is interrupted, this one is found by a description that no other ever had.
      { parent: this, ignoreChanges: ["description"] },
    );
    // Neutron associates only what its router reaches.
    const portId = pulumi.all([port.id, network.ready]).apply(([id]) => id);
    const association = new openstack.networking.FloatingIpAssociate(
      name,
      { floatingIp: floatingIp.address, portId },
      { parent: this, deletedWith: floatingIp },
    );
    return association.floatingIp;
  }
}

function validate(name: string, args: BastionArgs): void {
  const problems = new Problems();
  checkBastion(args, problems);
  problems.throwIfAny(`bastion "${name}"`);
}
