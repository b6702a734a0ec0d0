/**
 * Variables that the program gives to each script on machines, by the script's name. Only this file and script-facts.ts declare variables,
 * and a test compares them with those that the scripts read.
 */
export interface ScriptInputs {
  prepare: PreparationInput;
  bastion: BastionInput;
  controlPlane: ControlPlaneInput;
  renewCertificates: object;
  reconcileControlPlanes: ControlPlanesInput;
  completeRotation: RotationInput;
  etcd: EtcdMemberInput;
  restoreEtcd: RestoreInput;
  reconcileEtcd: EtcdMembersInput;
  admitNodes: BatchInput;
  worker: WorkerInput;
  lastScript: Record<never, string>;
  beginNodeChange: ChangeInput;
  endNodeChange: ChangeEndInput;
  reconcilePool: PoolInput;
  importedPrepare: ImportedPreparationInput;
  importedJoin: WorkerInput;
  importedReset: OwnerInput;
  machineReport: MachineReportInput;
}

/** Names of the scripts that run on machines. */
export type ScriptName = keyof ScriptInputs;

/** Files to write, in the form of `encodeNodeFiles`. */
interface FilesInput {
  FILES: string;
}

/** Commands of the user's own, lines of base64. */
export interface CommandsInput {
  /** Commands before kubeadm or etcd. */
  PRE_COMMANDS: string;
  /** Commands afterwards. */
  POST_COMMANDS: string;
}

/** Variables of the preparation of a machine's software. */
export interface PreparationInput {
  /** Digest of the preparation: its scripts and all of these variables. */
  PREPARATION: string;
  /** Files of the preparation, in the form of `encodeNodeFiles`. */
  SOFTWARE_FILES: string;
  KUBERNETES_VERSION: string;
  /** apt repository of kubeadm, kubelet and kubectl, with a slash at the end. */
  PACKAGE_REPOSITORY: string;
  /** Fingerprint of the key that signs the repository. */
  PACKAGE_KEY: string;
  CGROUP_DRIVER: string;
  /** Preflight checks of kubeadm whose failure is only a warning. */
  IGNORED_CHECKS: string;
  /** Repository of kubeadm's images, also for the sandbox image; empty for kubeadm's own. */
  IMAGE_REPOSITORY: string;
  /** TOML of the credentials of registries, in which PLUGIN stands for the plugin's name. */
  REGISTRY_CREDENTIALS: string;
  /** Files of the user's own, in the form of `encodeSetupFiles`. */
  USER_FILES: string;
}

export interface BastionInput extends FilesInput {
  /** sshd's MaxStartups. */
  MAX_STARTUPS: string;
}

export interface ControlPlaneInput extends PreparationInput, FilesInput, CommandsInput {
  /** Id of the wanted restore of etcd; empty for none. */
  RESTORE: string;
  /** Name of the initial control plane. */
  FIRST_NODE: string;
  /** `host:port` of the API server of each control plane. */
  PEERS: string;
  /** "stacked" or "external". */
  ETCD: string;
  /** `host:port` of the virtual address; empty without one. */
  VIRTUAL_ADDRESS: string;
  /** IP addresses at which the API is reached, separated by commas. */
  API_ADDRESSES: string;
  /** "yes" where workloads may run on control planes. */
  SCHEDULABLE: string;
  /** Phases of the keys that were rotated: "encryptionKey=2:1,2" uses generation 2 and trusts 1 and 2. */
  KEY_PHASES: string;
}

/** Keys whose new generation is completed when all control planes have it. */
export interface RotationInput {
  /** The same as for control planes. */
  KEY_PHASES: string;
}

/** Control planes that stay. */
export interface ControlPlanesInput {
  WANTED_NODES: string;
  /** "stacked" or "external". */
  ETCD: string;
  /** Version of the control planes, to which an upgrade brings the add-ons at its end. */
  KUBERNETES_VERSION: string;
  /** Replicas of CoreDNS, when the library sets them. */
  DNS_REPLICAS?: string;
  /** Id of the last restore of etcd. No script reads it, but Nodes and add-ons are those of the snapshot after another one. */
  RESTORE?: string;
}

/** Etcds of a machine, and their members. */
export interface EtcdMembership {
  /** Addresses of all members. */
  PEERS: string;
  /** Lines of name, client port, peer port, metrics port and data folder. */
  INSTANCES: string;
}

export interface EtcdMemberInput extends EtcdMembership, PreparationInput, FilesInput, CommandsInput {
  /** Id of the wanted restore; empty for none. */
  RESTORE: string;
  /** Name of the initial member. */
  FIRST_MEMBER: string;
  /** Image of etcd; empty for kubeadm's. */
  ETCD_IMAGE: string;
  /** Id of the data volume; empty without one. */
  VOLUME_ID: string;
  VOLUME_GIB: string;
  /** Flavor of the machine. No script reads it, but another flavor restarts the machine, and then the script must run again. */
  FLAVOR_ID: string;
}

export interface RestoreInput extends FilesInput {
  /** Id of the restore. */
  RESTORE: string;
  /** JSON for the program that fetches the snapshot. */
  RESTORE_SETTINGS: string;
  /** Lines of name and address of all members. */
  MEMBERS: string;
  /** Names of members that are gone for good. */
  LOST: string;
  /** "stacked" or "external". */
  ETCD: string;
  KUBERNETES_VERSION: string;
  /** Repository of kubeadm's image of etcd; empty for kubeadm's own. */
  IMAGE_REPOSITORY: string;
  /** Image of etcd; empty for kubeadm's. */
  ETCD_IMAGE: string;
  /** Id of the data volume; empty without one. */
  VOLUME_ID: string;
  VOLUME_GIB: string;
}

/** Members that stay. */
export interface EtcdMembersInput extends EtcdMembership {
  WANTED_MEMBERS: string;
}

/** Batch of a pool in the records of nodes. */
export interface BatchInput {
  /** Id of the pool, unique even among pools of the same name in other stacks. */
  OWNER: string;
  POOL: string;
  BATCH: string;
}

export interface WorkerInput extends PreparationInput, FilesInput, CommandsInput {
  /** Id of the last restore of etcd; empty for none. No script reads it, but after another one each kubelet must look for its Node. */
  RESTORE?: string;
  /** Folder of the kubelet's patches. */
  PATCHES: string;
  /** Files that only the join needs. */
  JOIN_FILES: string;
  /** `host:port` of the API. */
  API_ENDPOINT: string;
  /** Certificates of the cluster's CAs, base64, that of the CA in use first. */
  CA_CERTIFICATE: string;
}

/** Pool whose nodes are changed, and what they are to be afterwards. */
export interface ChangeEndInput {
  OWNER: string;
  POOL: string;
  KUBERNETES_VERSION: string;
}

/** Limit on the nodes of a pool that change at a time, and the times to wait for them. */
export interface ChangeInput extends ChangeEndInput {
  /** Number of nodes, or a percentage of the pool's like "10%". */
  MAX_UNAVAILABLE: string;
  DRAIN_SECONDS: string;
  /** Seconds to wait for a place while none of the pool's nodes changes. */
  PATIENCE_SECONDS: string;
}

/** Nodes of a batch, with their names, labels and taints. */
export interface PoolInput extends BatchInput {
  WANTED_NODES: string;
  /** Names of resources whose machine this run does not know. */
  ABSENT_MACHINES: string;
  LABELS: string;
  /** Lines of a node and its own labels, which tell its place. */
  NODE_LABELS: string;
  TAINTS: string;
  DRAIN_SECONDS: string;
}

export interface MachineReportInput {
  /** Lines of name and client port of the etcds that a machine may run. */
  INSTANCES: string;
}

/** Cluster and pool that an imported server belongs to. */
export interface OwnerInput {
  OWNER: string;
}

export interface ImportedPreparationInput extends PreparationInput, OwnerInput {}
