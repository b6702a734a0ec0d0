import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import { bastionRules } from "../lib/network/security-rules.ts";
import { encodeNodeFiles } from "../lib/node/files.ts";
import type { MachineSettings } from "../lib/node/machine-settings.ts";
import { Problems } from "../lib/problems.ts";
import { BASTION_MAX_STARTUPS, bastionFiles, checkBastion } from "../lib/ssh/bastion.ts";
import type { BastionAccess } from "../lib/ssh/settings.ts";
import type { NetworkAttachment } from "./cluster-network.ts";
import { completeWith } from "./engine/completion.ts";
import { after } from "./engine/gate.ts";
import { associate, makeFloatingIp } from "./openstack/floating-ip.ts";
import { replacementTrigger } from "./openstack/lost-machines.ts";
import { serverArgs } from "./openstack/machine.ts";
import type { MarkArgs } from "./openstack/mark.ts";
import { withRetries } from "./openstack/retries.ts";
import { securityGroup } from "./openstack/security-group.ts";
import { stablePort } from "./openstack/stable-port.ts";
import { CONTACT_SECONDS, hostKeyOf } from "./ssh/contact.ts";
import { fanOut } from "./ssh/fan-out.ts";
import type { SshAccess } from "./ssh/ssh-access.ts";

export interface BastionArgs extends MarkArgs {
  /** What the bastion is made from; a small flavor does. */
  machine: MachineSettings;
  /** The nodes' network. */
  network: NetworkAttachment;
  /** Name of the external network that the floating IP is taken from. */
  floatingIpPool: pulumi.Input<string>;
  /** Networks from which SSH to the bastion is open. */
  allowedCidrs: string[];
  /** How the nodes are reached; the bastion has the same user, port and key. */
  ssh: SshAccess;
}

/** A small machine with a floating IP through which, and only through which, nodes are reached over SSH. */
export class Bastion extends pulumi.ComponentResource {
  /** How others reach nodes through it: known when it lets many sessions through. */
  readonly access: BastionAccess;
  /** Its floating IP. */
  readonly address: pulumi.Output<string>;

  constructor(name: string, args: BastionArgs, opts?: pulumi.ComponentResourceOptions) {
    validate(name, args);
    const { clusterName, network, ssh } = args;
    const rules = bastionRules(args.allowedCidrs, ssh.port);
    // Other rules make the component incomplete until they are there.
    super("caravan:index:Bastion", name, { rules: rules.map((rule) => rule.name) }, withRetries(opts));

    const group = securityGroup(name, args, rules, this);
    const port = stablePort(name, { clusterName, network, securityGroupIds: [group.id] }, this);
    const server = new openstack.compute.Instance(
      name,
      { ...serverArgs(args, this, { name }), networks: [{ port: port.id }] },
      // Nothing lives on it, so a new image makes it anew; but a port serves one machine at a time.
      {
        parent: this,
        replaceOnChanges: ["imageId"],
        ignoreChanges: ["userData", "keyPair"],
        deleteBeforeReplace: true,
        ...replacementTrigger(this, name),
      },
    );
    const floatingIp = makeFloatingIp(name, args, args.floatingIpPool, this);
    this.address = associate(name, floatingIp, port.id, network.ready, this);

    const machine = { name: server.name, id: server.id, address: server.accessIpV4, sshHost: this.address };
    const input = { MAX_STARTUPS: BASTION_MAX_STARTUPS, FILES: encodeNodeFiles(bastionFiles(ssh.port)) };
    const contacted = fanOut(
      `${name}-contact`,
      { machines: [machine], ssh, script: "bastion", input, deadline: CONTACT_SECONDS },
      { parent: this },
    );
    const hostKey = hostKeyOf(contacted, server.id);
    // The address alone is known long before anybody gets through.
    const host = after(this.address, hostKey);
    this.access = { host, hostKey, user: ssh.user, port: ssh.port };
    this.registerOutputs(completeWith({ address: this.address }, [group.made]));
  }
}

function validate(name: string, args: BastionArgs): void {
  const problems = new Problems();
  checkBastion(args, problems);
  problems.throwIfAny(`bastion "${name}"`);
}
