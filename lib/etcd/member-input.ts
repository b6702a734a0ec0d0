import type { BackupFilesArgs } from "../etcd-backup/files.ts";
import { encodeNodeFiles } from "../node/files.ts";
import type { CommandsInput, EtcdMemberInput, EtcdMembership, PreparationInput } from "../node/script-inputs.ts";
import type { ClusterSoftwareSettings } from "../node/settings.ts";
import { commandsInput } from "../node/setup.ts";
import type { EtcdInstance } from "./instances.ts";
import { type MemberCertificates, memberFiles } from "./member-files.ts";
import type { EtcdTuning } from "./settings.ts";

/** Etcds of each machine, and their members. The same for all members. */
export interface MembershipArgs {
  /** Addresses of all members. */
  peers: readonly string[];
  /** Etcds of each machine. */
  etcds: readonly { instance: EtcdInstance }[];
}

export interface MemberInputArgs extends MembershipArgs {
  /** Name of the initial member. It starts an etcd in its first successful run, and never again. */
  firstMember: string;
  software: Pick<ClusterSoftwareSettings, "registries" | "kubelet">;
  /** Preparation of the machine. */
  preparation: PreparationInput;
  settings?: EtcdTuning | undefined;
  /** Tag of the etcd image. @default kubeadm's */
  etcdVersion?: string | undefined;
  /** Data volume of Kubernetes' etcd. @default the machine's disk */
  dataVolume?: { id: string; size: number } | undefined;
  /** Flavor of the machine. */
  flavorId: string;
  /** Certificates for each of the etcds, in their order. */
  certificates: readonly MemberCertificates[];
  /** Backups of Kubernetes' etcd. @default none */
  backup?: BackupFilesArgs | undefined;
  /** Id of the wanted restore. @default none */
  restore?: string | undefined;
  /** Commands before and after the start of the member. @default none */
  commands?: CommandsInput;
}

/** Registry of the Kubernetes project's images. A mirror has the same names below its own. */
const DEFAULT_REPOSITORY = "registry.k8s.io";

/** Makes the variables that name the etcds and their members. */
export function membershipInput({ peers, etcds }: MembershipArgs): EtcdMembership {
  const lines = etcds.map(({ instance }) => {
    const { name, clientPort, peerPort, metricsPort, dataFolder } = instance;
    return [name, clientPort, peerPort, metricsPort, dataFolder].join(" ");
  });
  return { PEERS: peers.join(" "), INSTANCES: lines.join("\n") };
}

/** Makes the input of the script that makes a machine a member. */
export function memberInput(args: MemberInputArgs): EtcdMemberInput {
  const { software, settings = {}, etcdVersion, dataVolume, certificates, etcds } = args;
  const { imageRepository } = software.registries ?? {};
  const files = memberFiles({
    kubelet: software.kubelet,
    settings,
    backup: args.backup,
    etcds: etcds.map(({ instance }, place) => ({ instance, certificates: certificates[place]! })),
  });
  return {
    ...args.preparation,
    ...membershipInput(args),
    RESTORE: args.restore ?? "",
    FIRST_MEMBER: args.firstMember,
    ETCD_IMAGE: etcdImage(etcdVersion, imageRepository),
    VOLUME_ID: dataVolume?.id ?? "",
    // The file system grows with the volume.
    VOLUME_GIB: String(dataVolume?.size ?? ""),
    // A resized machine has restarted, so the next one waits until this one votes again.
    FLAVOR_ID: args.flavorId,
    ...(args.commands ?? commandsInput()),
    FILES: encodeNodeFiles(files),
  };
}

/** Returns the image of etcd; an empty text for the one that kubeadm names. */
export function etcdImage(version: string | undefined, repository = DEFAULT_REPOSITORY): string {
  return version === undefined ? "" : `${repository}/etcd:${version}`;
}
