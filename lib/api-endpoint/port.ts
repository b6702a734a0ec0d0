import { DEFAULT_VIRTUAL_ADDRESS_PORT } from "../control-plane/virtual-address.ts";
import { CILIUM_ETCD, type EtcdInstance, KUBERNETES_ETCD } from "../etcd/instances.ts";
import { API_PORT } from "../kubeadm/init.ts";
import type { Problems } from "../problems.ts";

/** Ports of a control plane on which something else may listen. */
const TAKEN_PORTS: readonly { first: number; last: number; by: string }[] = [
  { first: 22, last: 22, by: "SSH" },
  { ...portsOf(KUBERNETES_ETCD), by: "etcd" },
  { ...portsOf(CILIUM_ETCD), by: "Cilium's etcd" },
  { first: 4240, last: 4244, by: "Cilium" },
  { first: API_PORT, last: API_PORT, by: "the API server itself" },
  { first: 10248, last: 10259, by: "Kubernetes' own components" },
  { first: 30000, last: 32767, by: "services of type NodePort" },
];

/** Checks that the API of a virtual address can be at a port. */
export function checkVirtualAddressPort(property: string, port: number, problems: Problems): void {
  const taken = TAKEN_PORTS.find(({ first, last }) => port >= first && port <= last);
  if (!taken) checkForwarderPort(property, port, problems);
  else
    problems.add(property, `${port} is used on control planes by ${taken.by}; choose another port, like ${DEFAULT_VIRTUAL_ADDRESS_PORT}`);
}

/** Checks that a number is a TCP port. */
export function checkForwarderPort(property: string, port: number, problems: Problems): void {
  if (!Number.isInteger(port) || port < 1 || port > 65535) problems.add(property, `${port} is not a TCP port; use 1 to 65535`);
}

/** Returns the first and the last of an etcd's ports, which are consecutive. */
function portsOf({ clientPort, metricsPort }: EtcdInstance): { first: number; last: number } {
  return { first: clientPort, last: metricsPort };
}
