/** An etcd that a member's machine can run. A machine can run several. */
export interface EtcdInstance {
  /** Name of the static pod and of the folders. */
  name: string;
  /** Port for clients. */
  clientPort: number;
  /** Port for the other members. */
  peerPort: number;
  /** Port on 127.0.0.1 for probes and metrics, without TLS. */
  metricsPort: number;
  /** Folder of the data. */
  dataFolder: string;
  /** Hours of history that etcd keeps; `undefined` when its clients compact it themselves. */
  retentionHours?: number;
}

/** etcd of Kubernetes, with kubeadm's ports and folders (kubeadm/app/constants). API servers compact it every five minutes. */
export const KUBERNETES_ETCD: EtcdInstance = {
  name: "etcd",
  clientPort: 2379,
  peerPort: 2380,
  metricsPort: 2381,
  dataFolder: "/var/lib/etcd",
};

/** etcd of Cilium. Cilium does not compact it; the one hour is that of Cilium's own charts for the etcd of a cluster mesh. */
export const CILIUM_ETCD: EtcdInstance = {
  name: "cilium-etcd",
  clientPort: 2479,
  peerPort: 2480,
  metricsPort: 2481,
  dataFolder: "/var/lib/cilium-etcd",
  retentionHours: 1,
};

/** etcd of events, which are most of what a large cluster writes, and are no loss. API servers compact it. */
export const EVENTS_ETCD: EtcdInstance = {
  name: "events-etcd",
  clientPort: 2579,
  peerPort: 2580,
  metricsPort: 2581,
  dataFolder: "/var/lib/events-etcd",
};

/** Returns the folder of an etcd's certificates on its members. */
export function certificateFolder({ name }: EtcdInstance): string {
  return `/etc/kubernetes/pki/${name}`;
}
