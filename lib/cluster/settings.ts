import { z } from "zod";
import { type AddOnSettings, addOns } from "../add-ons/settings.ts";
import { type ApiEndpointSettings, apiEndpoint } from "../api-endpoint/settings.ts";
import { type CniSettings, cni } from "../cni/settings.ts";
import { type ControlPlaneSettings, controlPlane } from "../control-plane/settings.ts";
import { type EtcdSettings, etcd } from "../etcd/settings.ts";
import { configurationOnly, type KubeProxySettings } from "../kubeadm/settings.ts";
import { type NetworkSettings, network } from "../network/settings.ts";
import { type ClusterSoftwareSettings, software } from "../node/settings.ts";
import { type CertificateSettings, certificates } from "../pki/settings.ts";
import { type ConcurrencySettings, concurrency, type PoolSettings, pool } from "../pool/settings.ts";
import { type ScaleSettings, scale } from "../scale-profile/settings.ts";
import { object, text } from "../schema.ts";
import { type SshSettings, ssh } from "../ssh/settings.ts";

/** Arguments of a KubernetesCluster, the same in a program and in a stack's configuration. */
export interface KubernetesClusterArgs extends Partial<ClusterSoftwareSettings> {
  /** Network of the nodes: a new one, or an existing one that is adopted. */
  network: NetworkSettings;
  /** Endpoint of the Kubernetes API, and the networks from which it is open. */
  apiEndpoint: ApiEndpointSettings;
  /** Control planes: their number, machine and settings. */
  controlPlane: ControlPlaneSettings;
  /** Place and members of etcd. @default { topology: "stacked" } */
  etcd?: EtcdSettings;
  /** Pools of workers by name: machines that are made, or existing servers. @default none */
  pools?: Record<string, PoolSettings>;
  /** Size that settings of the control plane, etcd, kubelets and Cilium are made for; each of them that is given wins. @default the cluster's own */
  scale?: ScaleSettings;
  /** Concurrency limits of workers, in all pools together. @default { creates: 64, joins: 256 } */
  concurrency?: ConcurrencySettings;
  /** Full Kubernetes version, without "v"; 1.34 to 1.37. @default "1.36.3" */
  kubernetesVersion?: string;

  /** Network of the pods. @default "10.244.0.0/16" */
  podCidr?: string;
  /** Network of the Services; at most a /12. @default "10.96.0.0/12" */
  serviceCidr?: string;
  /** Prefix length of each node's part of the pod network, from 16 to 28. @default 24 */
  nodeCidrMask?: number;
  /** Network plugin: Cilium in place of kube-proxy, Flannel with kube-proxy, or none (kube-proxy runs, and you install one). @default { type: "cilium" } */
  cni?: CniSettings;
  /** Settings of kube-proxy, where it runs. @default the library's */
  kubeProxy?: KubeProxySettings;
  /** Add-ons by name, each off unless asked for. @default none */
  addOns?: AddOnSettings;

  /** Validity of the cluster's certificates, and generations of its keys. @default { validity: "8760h", caValidity: "87600h" } */
  certificates?: CertificateSettings;
  /** SSH to the nodes. @default a key in the state, directly or through the control plane with the floating IP */
  ssh?: SshSettings;
}

/** Schemas of the properties of KubernetesClusterArgs. */
const properties = {
  network,
  apiEndpoint,
  controlPlane,
  etcd: etcd.optional(),
  pools: z.record(z.string(), pool).optional(),
  scale: scale.optional(),
  concurrency: concurrency.optional(),
  kubernetesVersion: text.optional(),
  podCidr: text.optional(),
  serviceCidr: text.optional(),
  nodeCidrMask: z.int().min(16).max(28).optional(),
  cni: cni.optional(),
  kubeProxy: configurationOnly.optional(),
  addOns: addOns.optional(),
  certificates: certificates.optional(),
  ssh: ssh.optional(),
  ...software,
};

/** Names of the properties of a KubernetesCluster. */
export const CLUSTER_PROPERTIES = Object.keys(properties) as (keyof KubernetesClusterArgs)[];

/** Schema of KubernetesClusterArgs. @internal */
export const cluster = object(properties);
