import type { Role } from "../node/server-status.ts";
import type { ApiServiceObject, DaemonSetObject, DeploymentObject, NodeObject, PodObject } from "./kubernetes-objects.ts";

/** Answer of a service, or the reason why there is none. From a missing answer, nothing is concluded about the cluster. */
export type Answer<T> = { value: T } | { unknown: string };

/** A machine of the cluster in the stack's state. */
export interface Machine {
  role: Role;
  /** Name of the server, which is that of its Node. */
  name: string;
  /** Id of the server. */
  id: string;
  urn: string;
  /** Pool of a worker: the name of its component in the stack. @default the machine is no worker */
  pool?: string;
  /** True when `pulumi up` recreates a server that is lost or in ERROR. */
  isRecreated: boolean;
}

/** A server in OpenStack. */
export interface Server {
  id: string;
  status: string;
  /** Time of its creation. */
  created?: string;
  /** Time of the last change of its status. */
  updated?: string;
  fault?: { message?: string };
}

/** Certificate that the cluster needs. */
export interface Certificate {
  kind: "CA" | "certificate";
  /** Common name, and the place of the certificate. */
  name: string;
  notBefore: string;
  notAfter: string;
  /** Fingerprint: the same certificate may be at several places. */
  fingerprint: string;
  /** URN of the resource that keeps it. @default none */
  urn?: string;
  /** Remedy before it ends. */
  fix: string;
}

/** Report of a member of etcd about itself and the others. */
export interface EtcdMember {
  /** Name of the etcd: "etcd", "cilium-etcd" or "events-etcd". */
  etcd: string;
  /** Reason why the member does not answer. @default it answers */
  failure?: string;
  /** True when the member has a leader. */
  hasLeader: boolean;
  /** Alarms of the etcd, like "NOSPACE" and "CORRUPT". */
  alarms: readonly string[];
  /** All members of the etcd. The name of one that never started is empty. */
  members: readonly { name: string; isLearner: boolean }[];
}

/** Record of the backups of an etcd, as its members write it. All values are texts. */
export interface BackupRecord {
  /** Seconds between two backups. */
  every?: string;
  /** Time of the first try, ISO 8601; likewise those of the last try and of the last success. */
  since?: string;
  attempt?: string;
  success?: string;
  /** Reason why the last try failed. */
  error?: string;
  /** Reason why the last restore drill failed. */
  drillError?: string;
}

/** DaemonSet or Deployment that the stack has made for an add-on. */
export interface AddOnWorkload {
  /** Name of the add-on. */
  addOn: string;
  kind: string;
  namespace: string;
  name: string;
}

/** Answer of a control plane or of a machine of etcd over SSH. */
export interface MachineReport {
  /** Name of the machine. */
  machine: string;
  report: Answer<{ etcds: readonly EtcdMember[]; certificates: readonly Certificate[]; backup?: BackupRecord }>;
}

/** Objects in the Kubernetes API. */
export interface ClusterObjects {
  /** Version of an API server, like "v1.36.3". */
  version: string;
  nodes: readonly NodeObject[];
  /** Static pods of the control planes. */
  pods: readonly PodObject[];
  /** DaemonSets and Deployments of kube-system, of the network plugin and of the add-ons. */
  daemonSets: readonly DaemonSetObject[];
  deployments: readonly DeploymentObject[];
  /** APIs that add-ons serve. */
  apiServices: readonly ApiServiceObject[];
  /** Record of the backups of etcd. @default there is none in the API */
  backup?: BackupRecord;
}

/** Observations of a cluster, from which the findings follow. */
export interface Observations {
  /** Name of the cluster. */
  cluster: string;
  /** Time of the check, ISO 8601. */
  time: string;
  /** Machines in the stack's state; none when only the Kubernetes API is asked. */
  machines: readonly Machine[];
  /** Names of the Nodes on imported servers. */
  imported: readonly string[];
  /** Servers that OpenStack knows of these machines. @default OpenStack was not asked, because the stack has no machines */
  servers?: Answer<readonly Server[]>;
  /** Address of the Kubernetes API, and its answers. @default the stack has no control planes */
  api?: {
    server: string;
    /** Text of /readyz. */
    readyz: Answer<string>;
    objects: Answer<ClusterObjects>;
  };
  certificates: readonly Certificate[];
  /** Workloads of add-ons in the stack's state. @default only the Kubernetes API is asked */
  addOns?: readonly AddOnWorkload[];
  /** Reports of the control planes and machines of etcd; none when they were not asked. */
  reports: readonly MachineReport[];
}

/** Returns a value that was read. */
export function known<T>(answer: Answer<T> | undefined): T | undefined {
  return answer && "value" in answer ? answer.value : undefined;
}
