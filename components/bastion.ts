import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import { defined } from "../lib/defined.ts";
import { bastionRules } from "../lib/network/security-rules.ts";
import type { FloatingIpSettings } from "../lib/network/settings.ts";
import { encodeNodeFiles } from "../lib/node/files.ts";
import type { MachineSettings } from "../lib/node/machine-settings.ts";
import { Problems } from "../lib/problems.ts";
import { BASTION_MAX_STARTUPS, bastionFiles, checkBastion } from "../lib/ssh/bastion.ts";
import type { BastionAccess } from "../lib/ssh/settings.ts";
import type { NetworkAttachment } from "./cluster-network.ts";
import { completeWith } from "./engine/completion.ts";
import { after } from "./engine/gate.ts";
import type { ExternalNetwork } from "./openstack/cloud-lookups.ts";
import { associate, floatingIpFrom } from "./openstack/floating-ip.ts";
import { replacementTrigger } from "./openstack/lost-machines.ts";
import { FIRST_BOOT_PROPERTIES, serverArgs, zoneArgs } from "./openstack/machine.ts";
import type { MarkArgs } from "./openstack/mark.ts";
import { withRetries } from "./openstack/retries.ts";
import { securityGroup } from "./openstack/security-group.ts";
import { addressOf, stablePort } from "./openstack/stable-port.ts";
import { CONTACT_SECONDS, hostKeyOf } from "./ssh/contact.ts";
import { fanOut } from "./ssh/fan-out.ts";
import type { SshAccess } from "./ssh/ssh-access.ts";

export interface BastionArgs extends MarkArgs, FloatingIpSettings {
  /** Machine of the bastion; a small flavor is enough. */
  machine: MachineSettings;
  /** Network of the nodes. */
  network: NetworkAttachment;
  /** External network of a new floating IP, which keeps it for good. */
  floatingIpPool?: pulumi.Input<ExternalNetwork>;
  /** Networks from which SSH to the bastion is open. */
  allowedCidrs: string[];
  /** SSH access to the nodes. The bastion has the same user, port and key. */
  ssh: SshAccess;
}

/** Small machine with a floating IP. SSH reaches the nodes through it, and in no other way. */
export class Bastion extends pulumi.ComponentResource {
  /** Access to nodes through the bastion. It is known once sshd's session limits are raised. */
  readonly access: BastionAccess;
  /** Floating IP of the bastion. */
  readonly address: pulumi.Output<string>;

  constructor(name: string, args: BastionArgs, opts?: pulumi.ComponentResourceOptions) {
    validate(name, args);
    const { clusterName, network, ssh } = args;
    const rules = bastionRules(args.allowedCidrs, ssh.port);
    // The names of the rules are an argument, so that other rules leave the component incomplete until they exist.
    super("caravan:index:Bastion", name, { rules: rules.map((rule) => rule.name) }, withRetries(opts));

    const group = securityGroup(name, args, rules, this);
    const port = stablePort(name, { clusterName, network, securityGroupIds: [group.id], machine: args.machine }, this);
    const server = new openstack.compute.Instance(
      name,
      { ...serverArgs(args, this, { name }), ...zoneArgs(args.machine, 0), networks: [{ port: port.id }] },
      // The bastion has no state, so a new image recreates it. The old machine goes first, because a port serves one machine at a time.
      {
        parent: this,
        replaceOnChanges: ["imageId"],
        ignoreChanges: FIRST_BOOT_PROPERTIES,
        deleteBeforeReplace: true,
        ...replacementTrigger(this, name),
      },
    );
    const { floatingIpPool: pool, floatingIpAddress, floatingIpSubnetIds } = args;
    const floatingIp = floatingIpFrom(name, args, defined({ pool, floatingIpAddress, floatingIpSubnetIds }), this);
    this.address = associate(name, floatingIp, port.id, network.ready, this);

    const machine = { name: server.name, id: server.id, address: addressOf(port), sshHost: this.address };
    const input = { MAX_STARTUPS: BASTION_MAX_STARTUPS, FILES: encodeNodeFiles(bastionFiles(ssh.port)) };
    const contacted = fanOut(
      `${name}-contact`,
      { machines: [machine], ssh, script: "bastion", input, deadline: CONTACT_SECONDS },
      { parent: this },
    );
    const hostKey = hostKeyOf(contacted, server.id);
    // The address is known long before SSH through the bastion works.
    const host = after(this.address, hostKey);
    this.access = { host, hostKey, user: ssh.user, port: ssh.port };
    this.registerOutputs(completeWith({ address: this.address }, [group.made]));
  }
}

function validate(name: string, args: BastionArgs): void {
  const problems = new Problems();
  checkBastion(args, problems);
  if (args.floatingIpPool === undefined && args.floatingIpAddress === undefined)
    problems.add(
      "floatingIpPool",
      "is missing; a new floating IP is taken from there, so name the external network, or give floatingIpAddress",
    );
  problems.throwIfAny(`bastion "${name}"`);
}
