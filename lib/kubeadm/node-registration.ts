import { defined } from "../defined.ts";
import type { Taint } from "../pool/settings.ts";
/** Placeholders that the scripts replace by a node's own facts, so that the text is the same for all nodes. */
export const NODE_NAME = "@NODE_NAME@";
export const NODE_ADDRESS = "@NODE_ADDRESS@";
export const INSTANCE_ID = "@INSTANCE_ID@";

/** Arguments of a node's registration, which differ between control planes and pools. */
export interface RegistrationArgs {
  /** Labels that the kubelet sets on its own Node. */
  labels?: Readonly<Record<string, string>> | undefined;
  /** Taints of the Node from its creation. @default kubeadm's: control planes are tainted, workers are not */
  taints?: readonly Taint[] | undefined;
  /** Sets the provider id of an OpenStack server, by which a cloud controller finds it. @default true */
  openstackServer?: boolean | undefined;
  /** Preflight checks of kubeadm whose failure is only a warning. */
  ignorePreflightErrors?: readonly string[] | undefined;
}

/** Makes the nodeRegistration of `kubeadm init` or `kubeadm join` (v1beta4). */
export function nodeRegistration({ labels = {}, taints, openstackServer = true, ignorePreflightErrors = [] }: RegistrationArgs) {
  const nodeLabels = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return {
    name: NODE_NAME,
    criSocket: "unix:///run/containerd/containerd.sock",
    imagePullPolicy: "IfNotPresent",
    ...defined({ taints }),
    ignorePreflightErrors,
    kubeletExtraArgs: [
      // Without node-ip, a kubelet with a cloud controller has no address until the controller runs, and that needs the network.
      { name: "node-ip", value: NODE_ADDRESS },
      ...(openstackServer ? [{ name: "provider-id", value: `openstack:///${INSTANCE_ID}` }] : []),
      ...(nodeLabels.length === 0 ? [] : [{ name: "node-labels", value: nodeLabels.join(",") }]),
    ],
  };
}
