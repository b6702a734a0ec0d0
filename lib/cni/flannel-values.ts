import { defined } from "../defined.ts";
/** What flannel has to know of its cluster. */
export interface FlannelFacts {
  /** Network of the pods: the one of which kubeadm gives each Node its part. */
  podCidr: string;
  /** UDP port of VXLAN. @default the chart's */
  port?: number;
}

/** Namespace that flannel's chart is installed in; its pods set up the nodes' network, so they are privileged. */
export const FLANNEL_NAMESPACE = {
  name: "kube-flannel",
  labels: { "pod-security.kubernetes.io/enforce": "privileged" },
} as const;

/** The library's Helm values for flannel: VXLAN over the interface with the default route, whose MTU it takes less the 50 bytes of VXLAN. */
export function flannelValues({ podCidr, port }: FlannelFacts): Record<string, unknown> {
  return { podCidr, flannel: defined({ backend: "vxlan", backendPort: port }) };
}
