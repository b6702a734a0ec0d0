import { defined } from "../defined.ts";

/** Facts about a cluster that flannel needs. */
export interface FlannelFacts {
  /** Network of the pods, of which each Node has its part from kubeadm. */
  podCidr: string;
  /** UDP port of VXLAN. @default the chart's default */
  port?: number;
}

/** Namespace of flannel's chart. Its pods are privileged, because they set up the nodes' network. */
export const FLANNEL_NAMESPACE = {
  name: "kube-flannel",
  labels: { "pod-security.kubernetes.io/enforce": "privileged" },
} as const;

/**
 * Makes the library's Helm values for flannel: VXLAN over the interface with the default route; its MTU is 50 bytes less than that
 * interface's.
 */
export function flannelValues({ podCidr, port }: FlannelFacts): Record<string, unknown> {
  return { podCidr, flannel: defined({ backend: "vxlan", backendPort: port }) };
}
