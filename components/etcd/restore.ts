import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { BackupFacts } from "../../lib/etcd-backup/facts.ts";
import { manifestKey } from "../../lib/etcd-backup/facts.ts";
import { type RestoreInputArgs, restoreInput } from "../../lib/etcd-backup/restore-input.ts";
import type { EtcdBackupSettings, EtcdRestoreSettings } from "../../lib/etcd-backup/settings.ts";
import type { KeyPair } from "../../lib/pki/key-pair.ts";
import type { NodeMachine } from "../ssh/node-machine.ts";
import { remote } from "../ssh/remote.ts";
import type { SshConnection } from "../ssh/ssh-access.ts";

/** Arguments of a restore, which may become known later. */
export interface RestoreArgs
  extends Pick<RestoreInputArgs, "clusterName" | "topology" | "kubernetesVersion" | "imageRepository" | "etcdVersion"> {
  restore: EtcdRestoreSettings;
  /** Settings of the backups, whose place is that of the restore if it has none. */
  backup: EtcdBackupSettings | undefined;
  facts: pulumi.Input<BackupFacts>;
  /** CA of the etcd. */
  ca: pulumi.Input<KeyPair>;
  /** Machine of the initial member, and SSH to it. */
  machine: NodeMachine;
  ssh: SshConnection;
  /** Names and addresses of all members. */
  members: pulumi.Input<pulumi.Input<{ name: pulumi.Input<string>; address: pulumi.Input<string> }>[]>;
  /** Data volume of the machine. @default none */
  dataVolume?: pulumi.Input<{ id: string; size: number } | undefined>;
}

/**
 * Restores etcd on the machine of the initial member. The command has the id in its name, so it is created once for each id; on a machine
 * that replaces that one, it does nothing.
 */
export function restoreCommand(name: string, args: RestoreArgs, opts: pulumi.CustomResourceOptions): command.remote.Command {
  const { restore, backup, facts, ca, machine, ssh, members, dataVolume, ...plain } = args;
  const { s3 = restore.swift ? undefined : backup?.s3, swift = restore.s3 ? undefined : backup?.swift, ...settings } = restore;
  const known = pulumi.all([pulumi.output(settings), pulumi.output({ s3, swift }), facts, ca, pulumi.output(members), dataVolume]);
  const input = known.apply(([wanted, store, ofCluster, pair, all, volume]) =>
    restoreInput({
      ...plain,
      restore: wanted as RestoreInputArgs["restore"],
      store: store as RestoreInputArgs["store"],
      facts: ofCluster,
      manifestKey: manifestKey(pair),
      members: all as { name: string; address: string }[],
      dataVolume: volume,
    }),
  );
  return remote(`${name}-restore-${restore.id}`, { machine, ssh, script: "restoreEtcd", input }, opts);
}
