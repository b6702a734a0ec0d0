import type { Input } from "@pulumi/pulumi";
import { z } from "zod";
import { bounded, either, input, object, ruledWord, textMap, texts } from "../schema.ts";

/** Largest size of a volume in GiB that Nova's API takes (nova/api/validation/parameter_types.py, volume_size), and Cinder's: 32 bits. */
export const LARGEST_VOLUME = 2_147_483_647;

/** Policies by which Nova spreads the servers of a group over compute hosts; the soft ones are kept as far as there are hosts. */
export const SERVER_GROUP_POLICIES = ["soft-anti-affinity", "anti-affinity", "soft-affinity", "affinity"] as const;

export type ServerGroupPolicy = (typeof SERVER_GROUP_POLICIES)[number];

/**
 * Volume that a server boots from, made from its image and deleted with it. Nova makes it in the server's zone where a cloud's volumes
 * cannot be attached across zones (its setting cross_az_attach), and otherwise where Cinder chooses.
 */
export interface VolumeSettings {
  /** Size in GiB, a whole number from 1 to 2147483647 (Nova's limit). */
  size: number;
  /** Volume type. @default Cinder's default type */
  type?: Input<string>;
}

/** A server group of the machines' own. */
export interface OwnServerGroupSettings {
  /** Policy: "soft-anti-affinity", "anti-affinity", "soft-affinity" or "affinity". With those that are not soft, Nova refuses a server that has no place. */
  policy: ServerGroupPolicy;
}

/** An existing server group. */
export interface ExistingServerGroupSettings {
  /** Id of the server group. */
  id: Input<string>;
}

/** Spread of servers over the cloud's compute hosts: by a new group of their own, or by an existing one. */
export type ServerGroupSettings = OwnServerGroupSettings | ExistingServerGroupSettings;

/**
 * An OpenStack server. The settings mean the same wherever they stand.
 * Workers are recreated when image, volume, server group or config drive change; machines with etcd keep theirs until they are replaced.
 * No machine is moved when the zones change: each keeps its own until it is replaced.
 */
export interface MachineSettings {
  /** Name or id of the image. */
  image: Input<string>;
  /** Name or id of the flavor; changed in place. */
  flavor: Input<string>;
  /** Availability zones, given to the machines in turn by their keys, so that "0" gets the first; a changed list is that of new machines. @default Nova chooses */
  availabilityZones?: Input<string>[];
  /** Volume to boot from. @default the flavor's local disk */
  volume?: VolumeSettings;
  /**
   * Server group. OpenStack's quota of a group's members (server_group_members) is 10 unless the cloud raised it.
   * @default soft-anti-affinity for several machines with etcd, none for workers
   */
  serverGroup?: ServerGroupSettings;
  /** Ids of security groups of each machine beside the cluster's own, which must be the project's; changed in place. @default none */
  securityGroups?: Input<string>[];
  /** Gives the machine its metadata and user data on a disk, too, for networks without a metadata service. @default false */
  configDrive?: boolean;
  /** Tags beside the library's own, at most 49 of 60 characters (Nova's limits); changed in place. @default none */
  tags?: string[];
  /** Metadata beside the library's own, keys and values of at most 255 characters (Nova's limits); changed in place. @default none */
  metadata?: Record<string, string>;
}

/** Schema of a volume. @internal */
export const volume = object({ size: bounded(1, LARGEST_VOLUME), type: input.optional() });
const serverGroup = either(
  "id",
  object({ id: input }),
  object({ policy: ruledWord(SERVER_GROUP_POLICIES) }),
  "must be an object with id or policy",
);

/** Schema of MachineSettings. @internal */
export const machine = object({
  image: input,
  flavor: input,
  availabilityZones: z.array(input).optional(),
  volume: volume.optional(),
  serverGroup: serverGroup.optional(),
  securityGroups: z.array(input).optional(),
  configDrive: z.boolean().optional(),
  tags: texts.optional(),
  metadata: textMap.optional(),
});
