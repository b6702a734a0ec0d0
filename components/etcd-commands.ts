import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { memberInput, membershipInput } from "../lib/etcd/member-input.ts";
import type { EtcdSettings } from "../lib/etcd/settings.ts";
import type { ClusterSoftwareArgs } from "../lib/node-software.ts";
import type { EtcdIdentity } from "./etcd-identity.ts";
import type { DataVolumeArgs, EtcdMachine } from "./etcd-machines.ts";
import { contact, hostKeyOf, type NodeMachine, onFirst, remote } from "./node-commands.ts";
import type { SshAccess } from "./ssh-access.ts";

export interface EtcdCommandsArgs extends ClusterSoftwareArgs {
  /** How the machines are reached. */
  ssh: SshAccess;
  /** Settings of etcd. @default etcd's own */
  settings?: EtcdSettings;
  /** Tag of etcd's image. @default the one that kubeadm names for the Kubernetes version */
  etcdVersion?: string;
  /** A volume for each member's data. @default the machine's disk */
  dataVolume?: DataVolumeArgs;
}

/** Seconds in which members that are not wanted any more must be gone, and the others healthy. */
const RECONCILE_SECONDS = 600;

/** Makes machines members of their etcds, and removes other members. The result is made when all are healthy. */
export function etcdCommands(
  name: string,
  machines: EtcdMachine[],
  etcds: EtcdIdentity[],
  args: EtcdCommandsArgs,
  parent: pulumi.Resource,
): command.local.Command {
  const plain = machines.map(({ name, id, address }) => ({ name, id, address }));
  const contacted = contact(`${name}-contact`, plain, args.ssh, args, { parent });
  const pinned = plain.map((machine) => ({ ...machine, hostKey: hostKeyOf(contacted, machine.id) }));
  const membership = pulumi
    .all([plain.map(({ address }) => address), etcds.map(({ founder }) => founder)])
    .apply(([peers, founders]) => ({ peers, etcds: etcds.map(({ instance }, place) => ({ instance, founder: founders[place]! })) }));

  const started = startOneByOne(pinned, machines, etcds, membership, args, parent);
  return onFirst(
    `${name}-members`,
    {
      machines: pinned,
      ssh: args.ssh,
      script: "reconcileEtcd",
      input: membership.apply(
        (known): Record<string, string> => ({ ...membershipInput(known), WANTED_MEMBERS: machines.map(({ name }) => name).join(" ") }),
      ),
      deadline: RECONCILE_SECONDS,
    },
    { parent, dependsOn: started },
  );
}

type Membership = pulumi.Output<Parameters<typeof membershipInput>[0]>;

/** One remote command a member, each after the one before: etcd admits one new member at a time, and no two may restart at once. */
function startOneByOne(
  pinned: NodeMachine[],
  machines: EtcdMachine[],
  etcds: EtcdIdentity[],
  membership: Membership,
  args: EtcdCommandsArgs,
  parent: pulumi.Resource,
): command.remote.Command {
  const start = (previous: command.remote.Command | undefined, { name, server, volumeId }: EtcdMachine, index: number) =>
    remote(
      `${name}-etcd`,
      { machine: pinned[index]!, ssh: args.ssh, script: "etcd", input: inputOf(index, volumeId, etcds, membership, args) },
      { parent, deletedWith: server, ...(previous ? { dependsOn: previous } : {}) },
    );
  return machines.reduce<command.remote.Command | undefined>(start, undefined)!;
}

function inputOf(
  index: number,
  volumeId: pulumi.Output<string> | undefined,
  etcds: EtcdIdentity[],
  membership: Membership,
  { settings, etcdVersion, dataVolume, ...software }: EtcdCommandsArgs,
): pulumi.Output<Record<string, string>> {
  const certificates = pulumi.all(etcds.map((etcd) => etcd.certificates[index]!));
  return pulumi.all([membership, certificates, volumeId]).apply(([known, pairs, id]) => {
    const volume = dataVolume && id !== undefined ? { id, size: dataVolume.size } : undefined;
    return memberInput({ ...known, software, settings, etcdVersion, dataVolume: volume, certificates: pairs });
  });
}
