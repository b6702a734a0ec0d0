import { defined } from "../defined.ts";
import type { Taint } from "../pool/settings.ts";
/** Marks that the scripts replace by a node's own facts, so that one text serves all nodes. */
export const NODE_NAME = "@NODE_NAME@";
export const NODE_ADDRESS = "@NODE_ADDRESS@";
export const INSTANCE_ID = "@INSTANCE_ID@";

/** What differs between the registrations of control planes and pools. */
export interface RegistrationArgs {
  /** Labels that the kubelet sets on its own Node. */
  labels?: Readonly<Record<string, string>> | undefined;
  /** Taints of the Node from its first moment. @default kubeadm's own: control planes are tainted, workers are not */
  taints?: readonly Taint[] | undefined;
  /** Whether the node is an OpenStack server, by whose id a cloud controller finds it. @default true */
  openstackServer?: boolean | undefined;
  /** kubeadm preflight checks whose failure is only a warning. */
  ignorePreflightErrors?: readonly string[] | undefined;
}

/** The nodeRegistration of a kubeadm (v1beta4) init or join. */
export function nodeRegistration({ labels = {}, taints, openstackServer = true, ignorePreflightErrors = [] }: RegistrationArgs) {
  const nodeLabels = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return {
    name: NODE_NAME,
    criSocket: "unix:///run/containerd/containerd.sock",
    imagePullPolicy: "IfNotPresent",
    ...defined({ taints }),
    ignorePreflightErrors,
    kubeletExtraArgs: [
      // Without it the kubelet of a cluster with a cloud controller has no address until that controller runs, which needs the network.
      { name: "node-ip", value: NODE_ADDRESS },
      ...(openstackServer ? [{ name: "provider-id", value: `openstack:///${INSTANCE_ID}` }] : []),
      ...(nodeLabels.length === 0 ? [] : [{ name: "node-labels", value: nodeLabels.join(",") }]),
    ],
  };
}
