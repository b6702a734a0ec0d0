import type { Unwrap } from "@pulumi/pulumi";
import { etcdImage } from "../etcd/member-input.ts";
import { encodeNodeFiles } from "../node/files.ts";
import type { RestoreInput } from "../node/script-inputs.ts";
import type { BackupFacts } from "./facts.ts";
import { type KnownStore, programFiles, programStore } from "./files.ts";
import type { EtcdRestoreSettings } from "./settings.ts";

export interface RestoreInputArgs {
  clusterName: string;
  topology: "stacked" | "external";
  kubernetesVersion: string;
  imageRepository?: string | undefined;
  /** Tag of etcd's image. @default the one that kubeadm names */
  etcdVersion?: string | undefined;
  restore: Unwrap<Omit<EtcdRestoreSettings, "s3" | "swift">>;
  store: KnownStore;
  facts: BackupFacts;
  /** Key that authenticates manifests. */
  manifestKey: string;
  /** All members. */
  members: readonly { name: string; address: string }[];
  /** Data volume of the initial member. @default none */
  dataVolume?: { id: string; size: number } | undefined;
}

/** Makes the input of the script that restores etcd on the machine of the initial member. */
export function restoreInput(args: RestoreInputArgs): RestoreInput {
  const { clusterName, restore, store, facts, manifestKey, members, dataVolume, imageRepository } = args;
  const { id, snapshot = "latest", identity, lost = [] } = restore;
  const settings = {
    store: programStore(store),
    snapshot,
    identity: identity.trim(),
    manifestKey,
    facts: { ...facts, cluster: clusterName },
  };
  return {
    RESTORE: id,
    RESTORE_SETTINGS: JSON.stringify(settings),
    MEMBERS: members.map(({ name, address }) => `${name} ${address}`).join("\n"),
    LOST: lost.join(" "),
    ETCD: args.topology,
    KUBERNETES_VERSION: args.kubernetesVersion,
    IMAGE_REPOSITORY: imageRepository ?? "",
    ETCD_IMAGE: etcdImage(args.etcdVersion, imageRepository),
    VOLUME_ID: dataVolume?.id ?? "",
    VOLUME_GIB: String(dataVolume?.size ?? ""),
    FILES: encodeNodeFiles(programFiles()),
  };
}
