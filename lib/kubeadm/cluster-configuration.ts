import { AUDIT_LOG, AUDIT_POLICY, ENCRYPTION, SETTINGS_FOLDER } from "./paths.ts";

/** What the configuration of a cluster depends on. */
export interface ClusterConfigurationArgs {
  /** Name of the cluster. */
  clusterName: string;
  /** Full Kubernetes version, without "v". */
  kubernetesVersion: string;
  /** `host:port` at which nodes reach the API. */
  endpoint: string;
  /** Names and addresses that the API's certificate is also for. */
  certificateNames: readonly string[];
  /** Network of the pods. */
  podCidr: string;
  /** Network of the services. */
  serviceCidr: string;
  /** Prefix length of each node's part of the pod network. */
  nodeCidrMask: number;
  /** Whether kube-proxy runs; not when the network plugin does its work. */
  kubeProxy: boolean;
  /** Registry that the control plane's images come from. @default registry.k8s.io */
  imageRepository?: string | undefined;
}

/** kubeadm's ClusterConfiguration (v1beta4). */
export function clusterConfiguration(args: ClusterConfigurationArgs) {
  return {
    apiVersion: "kubeadm.k8s.io/v1beta4",
    kind: "ClusterConfiguration",
    clusterName: args.clusterName,
    kubernetesVersion: `v${args.kubernetesVersion}`,
    controlPlaneEndpoint: args.endpoint,
    ...(args.imageRepository === undefined ? {} : { imageRepository: args.imageRepository }),
    encryptionAlgorithm: "ECDSA-P256",
    networking: { podSubnet: args.podCidr, serviceSubnet: args.serviceCidr, dnsDomain: "cluster.local" },
    apiServer: {
      certSANs: args.certificateNames,
      extraArgs: extraArgs({
        "audit-log-maxage": "30",
        "audit-log-maxbackup": "10",
        "audit-log-maxsize": "100",
        "audit-log-path": AUDIT_LOG,
        "audit-policy-file": AUDIT_POLICY,
        "encryption-provider-config": ENCRYPTION,
        "kubelet-certificate-authority": "/etc/kubernetes/pki/ca.crt",
        profiling: "false",
      }),
      extraVolumes: [
        { name: "caravan", hostPath: SETTINGS_FOLDER, mountPath: SETTINGS_FOLDER, readOnly: true, pathType: "Directory" },
        { name: "audit", hostPath: folderOf(AUDIT_LOG), mountPath: folderOf(AUDIT_LOG), pathType: "DirectoryOrCreate" },
      ],
    },
    controllerManager: { extraArgs: extraArgs({ "node-cidr-mask-size": String(args.nodeCidrMask), profiling: "false" }) },
    scheduler: { extraArgs: extraArgs({ profiling: "false" }) },
    etcd: { local: { dataDir: "/var/lib/etcd" } },
    proxy: { disabled: !args.kubeProxy },
  };
}

function extraArgs(values: Record<string, string>): { name: string; value: string }[] {
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}
