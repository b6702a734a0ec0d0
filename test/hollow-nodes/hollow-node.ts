/** Annotation of Nodes that kwok simulates. */
export const HOLLOW_ANNOTATION = { "kwok.x-k8s.io/node": "fake" };

export interface HollowNodeArgs {
  name: string;
  /** Address of the node. */
  address: string;
  /** Most pods. @default 110 */
  maxPods?: number;
}

/** Makes a Node for kwok, as the kubelet of a worker with 8 cores and 16 GiB registers it. */
export function hollowNode({ name, address, maxPods = 110 }: HollowNodeArgs) {
  const capacity = { cpu: "8", memory: "16Gi", "ephemeral-storage": "100Gi", pods: String(maxPods) };
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      annotations: HOLLOW_ANNOTATION,
      labels: { "kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64" },
    },
    status: {
      addresses: [
        { type: "InternalIP", address },
        { type: "Hostname", address: name },
      ],
      capacity,
      // The part that the kubelet leaves to pods: without its eviction threshold of 100 MiB and a tenth of the disk.
      allocatable: { ...capacity, memory: "16284Mi", "ephemeral-storage": "90Gi" },
    },
  };
}
