/** One of the etcds that a member's machine can run. */
export interface EtcdInstance {
  /** Name of its static pod, and of its folders. */
  name: string;
  /** Port for clients. */
  clientPort: number;
  /** Port for the other members. */
  peerPort: number;
  /** Port of 127.0.0.1 for probes and metrics, without TLS. */
  metricsPort: number;
  /** Folder of its data. */
  dataFolder: string;
  /** Hours of history that are kept; undefined: its clients compact it themselves. */
  retentionHours?: number;
}

/** The etcd of Kubernetes, with the ports and folders that kubeadm uses (kubeadm/app/constants). API servers compact it every five minutes. */
export const KUBERNETES_ETCD: EtcdInstance = {
  name: "etcd",
  clientPort: 2379,
  peerPort: 2380,
  metricsPort: 2381,
  dataFolder: "/var/lib/etcd",
};

/** The etcd of Cilium. Nothing of Cilium compacts it: one hour is what Cilium's own charts choose for the etcd of a cluster mesh. */
export const CILIUM_ETCD: EtcdInstance = {
  name: "cilium-etcd",
  clientPort: 2479,
  peerPort: 2480,
  metricsPort: 2481,
  dataFolder: "/var/lib/cilium-etcd",
  retentionHours: 1,
};

/** The etcd of the API servers' events, which are the most of what a large cluster writes, and nothing is lost with them. API servers compact it. */
export const EVENTS_ETCD: EtcdInstance = {
  name: "events-etcd",
  clientPort: 2579,
  peerPort: 2580,
  metricsPort: 2581,
  dataFolder: "/var/lib/events-etcd",
};

/** Folder of an etcd's certificates on its members. */
export function certificateFolder({ name }: EtcdInstance): string {
  return `/etc/kubernetes/pki/${name}`;
}
