import { randomUUID } from "node:crypto";
import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { defined } from "../../lib/defined.ts";
import { memberInput, membershipInput } from "../../lib/etcd/member-input.ts";
import type { EtcdTuning } from "../../lib/etcd/settings.ts";
import { type BackupFacts, manifestKey } from "../../lib/etcd-backup/facts.ts";
import type { BackupFilesArgs, KnownBackup } from "../../lib/etcd-backup/files.ts";
import type { EtcdBackupSettings, EtcdRestoreSettings } from "../../lib/etcd-backup/settings.ts";
import type { EtcdMemberInput, EtcdMembersInput } from "../../lib/node/script-inputs.ts";
import type { ClusterSoftwareSettings, SetupSettings } from "../../lib/node/settings.ts";
import type { KeyPair } from "../../lib/pki/key-pair.ts";
import { etcdTag } from "../../lib/upgrade/etcd-versions.ts";
import { remember } from "../engine/remember.ts";
import { restoreCommand } from "../etcd/restore.ts";
import { commandsOf, contact, hostKeyOf, preparation } from "../ssh/contact.ts";
import { onFirst } from "../ssh/fan-out.ts";
import type { NodeMachine } from "../ssh/node-machine.ts";
import { remote } from "../ssh/remote.ts";
import type { EtcdIdentity } from "./identity.ts";
import { type EtcdMachine, type EtcdMachinesArgs, type EtcdPlace, etcdMachineMaker } from "./machines.ts";

export interface EtcdMembersArgs extends EtcdMachinesArgs, ClusterSoftwareSettings, SetupSettings {
  /** Settings of etcd. @default etcd's own */
  settings?: EtcdTuning;
  /** Tag of etcd's image. @default kubeadm's for the Kubernetes version */
  etcdVersion?: string;
  /** Backups, with the facts about the cluster that they tell. @default none */
  backup?: EtcdBackupSettings;
  /** Restore from a backup, once for each id. @default none */
  restore?: EtcdRestoreSettings;
  backupFacts?: pulumi.Input<BackupFacts>;
  /** CA of the etcd. */
  ca: pulumi.Input<KeyPair>;
}

/** Timeout in seconds until members that are no longer wanted are removed and the others are healthy. */
const RECONCILE_SECONDS = 600;

type Membership = pulumi.Output<Parameters<typeof membershipInput>[0]>;

/**
 * Makes the machines and starts their members one after another: etcd admits one new member at a time, and no two members may be down at
 * once. So later runs resize and replace machines one after another, too. Only the first run creates all machines at once. The returned
 * command is done when all members are healthy and no other members are left.
 */
export function etcdMembers(
  name: string,
  places: EtcdPlace[],
  etcds: EtcdIdentity[],
  args: EtcdMembersArgs,
  parent: pulumi.Resource,
): command.local.Command {
  const makeMachine = etcdMachineMaker(name, args, parent);
  const isFirstRun = firstRun(name, parent);
  const machines: NodeMachine[] = [];
  const membership = membershipOf(places, etcds);
  let previous: command.remote.Command | undefined;

  for (const [ordinal, place] of places.entries()) {
    const before = previous;
    const machine = makeMachine(place, ordinal, before ? isFirstRun.apply((first): pulumi.Resource[] => (first ? [] : [before])) : []);
    const plain = { name: place.name, id: machine.server.id, address: place.address };
    const contacted = contact(`${place.name}-contact`, { machines: [plain] }, args.ssh, args, { parent });
    const pinned = { ...plain, hostKey: hostKeyOf(contacted, plain.id) };
    // Before the first member, which goes on with the data of the snapshot.
    const restored = ordinal === 0 ? restoreOf(name, machine, pinned, places, args, { parent, deletedWith: machine.server }) : undefined;
    const certificates = etcds.map((etcd) => etcd.certificates[ordinal]!);
    previous = remote(
      `${place.name}-etcd`,
      { machine: pinned, ssh: args.ssh, script: "etcd", input: inputOf(machine, places[0]!.name, membership, certificates, args) },
      { parent, deletedWith: machine.server, ...defined({ dependsOn: before ?? restored }) },
    );
    machines.push(pinned);
  }
  return removeOthers(name, machines, places, membership, args, parent, previous!);
}

/** Returns whether no earlier run has created anything of this etcd. */
function firstRun(name: string, parent: pulumi.Resource): pulumi.Output<boolean> {
  const run = randomUUID();
  return pulumi.unsecret(remember(`${name}-first-run`, () => run, { parent }).apply((first) => first === run));
}

function membershipOf(places: EtcdPlace[], etcds: EtcdIdentity[]): Membership {
  return pulumi.all(places.map(({ address }) => address)).apply((peers) => ({ peers, etcds: etcds.map(({ instance }) => ({ instance })) }));
}

function inputOf(
  { server, volumeId }: EtcdMachine,
  firstMember: string,
  membership: Membership,
  certificates: EtcdIdentity["certificates"],
  args: EtcdMembersArgs,
): pulumi.Output<EtcdMemberInput> {
  const { settings, etcdVersion, dataVolume, ...software } = args;
  return pulumi
    .all([
      membership,
      pulumi.all(certificates),
      volumeId,
      server.flavorId,
      commandsOf(software),
      preparation(software).input,
      backupOf(args),
    ])
    .apply(([known, pairs, id, flavorId, commands, prepared, backup]) => {
      const volume = dataVolume && id !== undefined ? { id, size: dataVolume.size } : undefined;
      return memberInput({
        ...known,
        firstMember,
        software,
        preparation: prepared,
        settings,
        etcdVersion: etcdTag(software.kubernetesVersion, etcdVersion),
        dataVolume: volume,
        flavorId,
        commands,
        backup,
        restore: args.restore?.id,
        certificates: pairs,
      });
    });
}

function restoreOf(
  name: string,
  { volumeId }: EtcdMachine,
  machine: NodeMachine,
  members: EtcdPlace[],
  args: EtcdMembersArgs,
  opts: pulumi.CustomResourceOptions,
): command.remote.Command | undefined {
  const { restore, backup, backupFacts: facts, ca, ssh, clusterName, kubernetesVersion, etcdVersion, registries, dataVolume } = args;
  if (!restore || !facts) return undefined;
  const volume = dataVolume && volumeId?.apply((id) => ({ id, size: dataVolume.size }));
  const imageRepository = registries?.imageRepository;
  const version = { kubernetesVersion, etcdVersion: etcdTag(kubernetesVersion, etcdVersion) };
  const plain = { clusterName, topology: "external" as const, ...version, imageRepository };
  const places = members.map(({ name, address }) => ({ name, address }));
  return restoreCommand(
    name,
    { ...plain, restore, backup, facts, ca, machine, ssh, members: places, ...defined({ dataVolume: volume }) },
    opts,
  );
}

function backupOf({ backup, backupFacts, ca, clusterName }: EtcdMembersArgs): pulumi.Output<BackupFilesArgs> | undefined {
  if (!backup || !backupFacts) return undefined;
  return pulumi
    .all([pulumi.output(backup), backupFacts, ca])
    .apply(
      ([known, facts, pair]): BackupFilesArgs => ({ clusterName, backup: known as KnownBackup, facts, manifestKey: manifestKey(pair) }),
    );
}

function removeOthers(
  name: string,
  machines: NodeMachine[],
  places: EtcdPlace[],
  membership: Membership,
  { ssh }: EtcdMembersArgs,
  parent: pulumi.Resource,
  dependsOn: pulumi.Resource,
): command.local.Command {
  const wanted = { WANTED_MEMBERS: places.map((place) => place.name).join(" ") };
  const input = membership.apply((known): EtcdMembersInput => ({ ...membershipInput(known), ...wanted }));
  const task = { machines, ssh, script: "reconcileEtcd", input, deadline: RECONCILE_SECONDS } as const;
  return onFirst(`${name}-members`, task, { parent, dependsOn });
}
