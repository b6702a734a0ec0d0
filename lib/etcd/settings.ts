import type { Input } from "@pulumi/pulumi";
import { z } from "zod";
import { type EtcdBackupSettings, type EtcdRestoreSettings, etcdBackup, etcdRestore } from "../etcd-backup/settings.ts";
import { type MachineSettings, machine, volume } from "../node/machine-settings.ts";
import { type SetupSettings, setup } from "../node/settings.ts";
import { bounded, input, object, oneNumber, oneOf, text } from "../schema.ts";

/** Numbers of members: odd, for a majority, and not more than seven (etcd's FAQ on cluster size). */
export const MEMBER_COUNTS = [3, 5, 7];

/** Smallest and largest quota in bytes, and longest election in milliseconds (https://etcd.io/docs/v3.6/op-guide/configuration/, https://etcd.io/docs/v3.6/dev-guide/limit/). */
export const SMALLEST_QUOTA = 16 * 1024 ** 2;
export const LARGEST_QUOTA = 16 * 1024 ** 3;
export const LONGEST_ELECTION = 50_000;

/** Settings of etcd itself. A change restarts its members one after another. */
export interface EtcdTuning {
  /** Size in bytes at which the database takes no more writes, from 16777216 (16 MiB) to 17179869184 (16 GiB); etcd suggests at most 8 GiB. @default 2147483648 (etcd's own) */
  quotaBytes?: number;
  /** Milliseconds between a leader's heartbeats, from 10 to 5000: about the round trip between members. @default 100 (etcd's own) */
  heartbeatMilliseconds?: number;
  /** Milliseconds without a heartbeat until members elect a leader, from 5 heartbeats, at least 50, to 50000 (etcd's limits). @default 1000 (etcd's own) */
  electionMilliseconds?: number;
}

/** Volume for the data of a member. */
export interface DataVolumeSettings {
  /** Size in GiB, a whole number from 1 to 2147483647; it can only grow. */
  size: number;
  /** Volume type; a volume keeps its first one. @default Cinder's default type */
  type?: Input<string>;
  /** Availability zones of Cinder, given to the members in turn like those of their machines; a volume keeps its first one. @default the zone of the member's machine where Cinder has one of that name, else Cinder's default */
  availabilityZones?: Input<string>[];
}

/** An etcd with a member on each control plane. */
export interface StackedEtcdSettings {
  /** Place of etcd's members. */
  topology: "stacked";
  /** Tag of etcd's image, like "3.6.11-0"; 3.6 or 3.7. A change restarts one member after another. @default 3.6.11-0 with Kubernetes 1.37, else the one that kubeadm names for the version */
  etcdVersion?: string;
  /** Backups; changed in place. @default none */
  backup?: EtcdBackupSettings;
  /** Restore from a backup, once for each id. @default none */
  restore?: EtcdRestoreSettings;
}

/** Members of an etcd on machines of its own. */
export interface EtcdMembersSettings extends SetupSettings {
  /** Number of members: 3, 5 or 7. @default 5, of which two may be lost */
  members?: number;
  /** Machine of each member. */
  machine: MachineSettings;
  /**
   * Volume for each member's data, which stays when its machine is replaced. When volumes are added or removed later, members join
   * again with empty data, one after another.
   * @default the machine's disk
   */
  dataVolume?: DataVolumeSettings;
  /** Tag of etcd's image, like "3.6.11-0"; 3.6 or 3.7. A change restarts one member after another. @default 3.6.11-0 with Kubernetes 1.37, else the one that kubeadm names for the version */
  etcdVersion?: string;
  /** Settings of etcd; a change restarts one member after another. @default etcd's own */
  settings?: EtcdTuning;
  /** Backups of Kubernetes' etcd; changed in place. @default none */
  backup?: EtcdBackupSettings;
  /** Restore of Kubernetes' etcd from a backup, once for each id. @default none */
  restore?: EtcdRestoreSettings;
}

/** An etcd on machines of its own, perhaps with others on the same machines. */
export interface ExternalEtcdSettings extends EtcdMembersSettings {
  /** Place of etcd's members. */
  topology: "external";
  /** Second etcd on the same machines for Cilium's state, with ports, data and a CA of its own. @default false: in custom resources */
  ciliumEtcd?: boolean;
  /**
   * Further etcd on the same machines for the API servers' events: they are the most of what a large cluster writes, as
   * Kubernetes' guide to large clusters says. Fixed once the cluster is made. @default false
   */
  eventsEtcd?: boolean;
}

/** Place and members of a cluster's etcd. */
export type EtcdSettings = StackedEtcdSettings | ExternalEtcdSettings;

const tuning = object({
  quotaBytes: bounded(SMALLEST_QUOTA, LARGEST_QUOTA).optional(),
  heartbeatMilliseconds: bounded(10, 5000).optional(),
  electionMilliseconds: bounded(50, LONGEST_ELECTION).optional(),
});

/** Schema of EtcdSettings. @internal */
export const etcd = z.discriminatedUnion(
  "topology",
  [
    object({
      topology: z.literal("stacked"),
      etcdVersion: text.optional(),
      backup: etcdBackup.optional(),
      restore: etcdRestore.optional(),
    }),
    object({
      topology: z.literal("external"),
      members: oneNumber(MEMBER_COUNTS).optional(),
      machine,
      dataVolume: volume.extend({ availabilityZones: z.array(input).optional() }).optional(),
      etcdVersion: text.optional(),
      settings: tuning.optional(),
      backup: etcdBackup.optional(),
      restore: etcdRestore.optional(),
      ...setup,
      ciliumEtcd: z.boolean().optional(),
      eventsEtcd: z.boolean().optional(),
    }),
  ],
  oneOf("stacked", "external"),
);
