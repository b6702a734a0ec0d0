/**
 * Variables that the program gives to each script on machines, by the script's name. What the variables of a script are is written here
 * alone: a test compares it with what the script reads.
 */
export interface ScriptInputs {
  prepare: PreparationInput;
  bastion: BastionInput;
  controlPlane: ControlPlaneInput;
  reconcileControlPlanes: ControlPlanesInput;
  etcd: EtcdMemberInput;
  reconcileEtcd: EtcdMembersInput;
  admitNodes: BatchInput;
  worker: WorkerInput;
  reconcilePool: PoolInput;
  importedPrepare: ImportedPreparationInput;
  importedJoin: WorkerInput;
  importedReset: OwnerInput;
}

/** Names of the scripts that run on machines. */
export type ScriptName = keyof ScriptInputs;

/** Variables that a script gets beside its input, by the script's name: from `remote`, or from the fan-out. */
export interface ScriptFacts {
  prepare: MachineFacts;
  bastion: MachineFacts;
  controlPlane: MachineFacts & FirstRunFact;
  reconcileControlPlanes: ReconcileFacts;
  etcd: MachineFacts & FirstRunFact;
  reconcileEtcd: ReconcileFacts;
  admitNodes: AdmissionFacts;
  worker: MachineFacts & NodeCredential;
  reconcilePool: ReconcileFacts;
  importedPrepare: MachineFacts;
  importedJoin: MachineFacts & NodeCredential;
  importedReset: MachineFacts;
}

/** The machine that a script runs on. */
export interface MachineFacts {
  NODE_NAME: string;
  NODE_ADDRESS: string;
  INSTANCE_ID: string;
}

/** "yes" while no run of the script's resource has succeeded. */
export interface FirstRunFact {
  FIRST_RUN?: string;
}

/** What admitNodes gives to a machine that has not joined, base64. */
export interface NodeCredential {
  CLIENT_CERTIFICATE?: string;
  CLIENT_KEY?: string;
}

/** What the first control plane that answers is told before the machines of a batch get their script. */
export interface AdmissionFacts {
  NODE_NAME: string;
  /** Lines of name, id and address. */
  MACHINES: string;
}

/** What the first machine that answers is told when all others have ended. */
export interface ReconcileFacts {
  NODE_NAME: string;
  /** Names of the machines whose script failed. */
  FAILED_NODES: string;
}

/** Files to be written, as `encodeNodeFiles` makes them. */
interface FilesInput {
  FILES: string;
}

/** What a machine's software is made from. */
export interface PreparationInput extends FilesInput {
  KUBERNETES_VERSION: string;
  /** apt repository of kubeadm, kubelet and kubectl, with a slash at the end. */
  PACKAGE_REPOSITORY: string;
  CGROUP_DRIVER: string;
}

export interface BastionInput extends FilesInput {
  /** sshd's MaxStartups. */
  MAX_STARTUPS: string;
}

export interface ControlPlaneInput extends FilesInput {
  /** Name of the initial control plane. */
  FIRST_NODE: string;
  /** `host:port` of the API server of each control plane. */
  PEERS: string;
  /** "stacked" or "external". */
  ETCD: string;
  /** `host:port` of the virtual address, or nothing. */
  VIRTUAL_ADDRESS: string;
  /** IP addresses at which the API is reached, with commas between. */
  API_ADDRESSES: string;
}

/** Which control planes stay. */
export interface ControlPlanesInput {
  WANTED_NODES: string;
  /** "stacked" or "external". */
  ETCD: string;
  /** Replicas of CoreDNS, if they are the library's business. */
  DNS_REPLICAS?: string;
}

/** The etcds of a machine, and their members. */
export interface EtcdMembership {
  /** Addresses of all members. */
  PEERS: string;
  /** Lines of name, client port, peer port, metrics port and data folder. */
  INSTANCES: string;
}

export interface EtcdMemberInput extends EtcdMembership, FilesInput {
  /** Name of the initial member. */
  FIRST_MEMBER: string;
  KUBERNETES_VERSION: string;
  /** Repository of the image of etcd that kubeadm names, or nothing: kubeadm's. */
  IMAGE_REPOSITORY: string;
  /** Image of etcd, or nothing: the one that kubeadm names. */
  ETCD_IMAGE: string;
  /** Id of the data volume, or nothing. */
  VOLUME_ID: string;
  VOLUME_GIB: string;
  /** Flavor of the machine. No script reads it: another flavor restarts the machine, so that the script must run again. */
  FLAVOR_ID: string;
}

/** Which members stay. */
export interface EtcdMembersInput extends EtcdMembership {
  WANTED_MEMBERS: string;
}

/** A batch of a pool in the records of nodes. */
export interface BatchInput {
  /** Id of the pool, among those of the same name in other stacks. */
  OWNER: string;
  POOL: string;
  BATCH: string;
}

export interface WorkerInput extends FilesInput {
  /** Folder of the kubelet's patches. */
  PATCHES: string;
  /** Files that only the join needs. */
  JOIN_FILES: string;
  /** `host:port` of the API. */
  API_ENDPOINT: string;
  /** Certificate of the cluster's CA, base64. */
  CA_CERTIFICATE: string;
}

/** The Nodes of a batch as they should be. */
export interface PoolInput extends BatchInput {
  WANTED_NODES: string;
  /** Names of resources whose machine this run does not know. */
  ABSENT_MACHINES: string;
  LABELS: string;
  TAINTS: string;
  DRAIN_SECONDS: string;
}

/** Cluster and pool that an imported server belongs to. */
export interface OwnerInput {
  OWNER: string;
}

export interface ImportedPreparationInput extends PreparationInput, OwnerInput {
  /** Preflight checks of kubeadm whose failure is only a warning. */
  IGNORED_CHECKS: string;
}
