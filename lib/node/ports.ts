import { CILIUM_ETCD, type EtcdInstance, EVENTS_ETCD, KUBERNETES_ETCD } from "../etcd/instances.ts";
import { API_PORT } from "../kubeadm/init.ts";

/** TCP ports of the cluster's machines on which something else may listen. */
const TAKEN_PORTS: readonly { first: number; last: number; by: string }[] = [
  { ...portsOf(KUBERNETES_ETCD), by: "etcd" },
  { ...portsOf(CILIUM_ETCD), by: "Cilium's etcd" },
  { ...portsOf(EVENTS_ETCD), by: "the etcd of events" },
  { first: 4240, last: 4244, by: "Cilium" },
  { first: API_PORT, last: API_PORT, by: "the API server itself" },
  { first: 10248, last: 10259, by: "Kubernetes' own components" },
  { first: 30000, last: 32767, by: "services of type NodePort" },
];

/** Returns what uses a port of the cluster's machines; `undefined` when nothing does. */
export function userOf(port: number): string | undefined {
  return TAKEN_PORTS.find(({ first, last }) => port >= first && port <= last)?.by;
}

/** Returns the first and the last of an etcd's ports, which are consecutive. */
function portsOf({ clientPort, metricsPort }: EtcdInstance): { first: number; last: number } {
  return { first: clientPort, last: metricsPort };
}
