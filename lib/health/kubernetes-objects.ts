// Objects of Kubernetes as its API returns them, with only the fields that the health check reads.

export interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
}

export interface NodeObject {
  metadata: { name: string; labels?: Readonly<Record<string, string>>; annotations?: Readonly<Record<string, string>> };
  spec?: { unschedulable?: boolean; taints?: readonly { key: string; timeAdded?: string }[] };
  status?: { conditions?: readonly Condition[]; nodeInfo?: { kubeletVersion?: string } };
}

/** Static pod of a control plane. */
export interface PodObject {
  metadata: { name: string; labels?: Readonly<Record<string, string>> };
  spec?: { nodeName?: string };
  status?: {
    conditions?: readonly Condition[];
    containerStatuses?: readonly { restartCount?: number; state?: { waiting?: { reason?: string } } }[];
  };
}

/** Metadata of a DaemonSet or Deployment. */
export interface WorkloadMetadata {
  name: string;
  namespace: string;
  generation?: number;
  labels?: Readonly<Record<string, string>>;
}

export interface DaemonSetObject {
  metadata: WorkloadMetadata;
  spec?: { updateStrategy?: { type?: string } };
  status?: { observedGeneration?: number; desiredNumberScheduled?: number; updatedNumberScheduled?: number; numberAvailable?: number };
}

export interface DeploymentObject {
  metadata: WorkloadMetadata;
  spec?: { replicas?: number };
  status?: { observedGeneration?: number; updatedReplicas?: number; availableReplicas?: number; conditions?: readonly Condition[] };
}

/** API that a Service in the cluster serves. */
export interface ApiServiceObject {
  metadata: { name: string; labels?: Readonly<Record<string, string>> };
  status?: { conditions?: readonly Condition[] };
}

const CONTROL_PLANE_LABEL = "node-role.kubernetes.io/control-plane";

export function isControlPlane({ metadata }: NodeObject): boolean {
  return metadata.labels?.[CONTROL_PLANE_LABEL] !== undefined;
}

export function conditionOf(object: { status?: { conditions?: readonly Condition[] } }, type: string): Condition | undefined {
  return object.status?.conditions?.find((condition) => condition.type === type);
}

export function isReady(object: { status?: { conditions?: readonly Condition[] } }): boolean {
  return conditionOf(object, "Ready")?.status === "True";
}
