import { defined } from "../defined.ts";
import { admissionPlugins } from "./admission.ts";
import { ADMISSION, AUDIT_LOG, AUDIT_POLICY, AUTHENTICATION, ENCRYPTION, SCHEDULER, SETTINGS_FOLDER } from "./paths.ts";
import type { ExtraArgs, ExtraEnvs, ExtraVolumes } from "./settings.ts";
import { CIPHER_SUITES, etcdCipherSuites } from "./tls.ts";

/** Arguments of a ClusterConfiguration. */
export interface ClusterConfigurationArgs {
  /** Name of the cluster. */
  clusterName: string;
  /** Full Kubernetes version, without "v". */
  kubernetesVersion: string;
  /** `host:port` at which nodes reach the API. */
  endpoint: string;
  /** Further names and addresses in the API's certificate. */
  certificateNames: readonly string[];
  /** Network of the pods. */
  podCidr: string;
  /** Network of the services. */
  serviceCidr: string;
  /** Prefix length of each node's part of the pod network. */
  nodeCidrMask: number;
  /** Validity of the certificates that kubeadm makes, like "2160h". @default kubeadm's, a year */
  certificateValidity?: string | undefined;
  /** File with the only certificate of the CA that signs, when the file of the cluster's CA may have two. @default the file of the cluster's CA */
  signingCa?: string | undefined;
  /** Runs kube-proxy; false when the network plugin replaces it. */
  kubeProxy: boolean;
  /** Registry of the control plane's images. @default registry.k8s.io */
  imageRepository?: string | undefined;
  /** Tag of the image of etcd on the control planes. @default kubeadm's for the Kubernetes version */
  etcdTag?: string | undefined;
  /** URLs of the members of an external etcd. @default a member on each control plane */
  etcdEndpoints?: readonly string[] | undefined;
  /** URLs of the members of an etcd for events alone. @default events are in the cluster's etcd */
  eventsEndpoints?: readonly string[] | undefined;
  /** Command-line arguments, which win over the library's. @default none */
  extraArgs?: ExtraArgs | undefined;
  /** Further volumes of the programs. @default none */
  extraVolumes?: ExtraVolumes | undefined;
  /** Environment variables. @default none */
  extraEnvs?: ExtraEnvs | undefined;
}

/** Makes kubeadm's ClusterConfiguration (v1beta4). */
export function clusterConfiguration(args: ClusterConfigurationArgs) {
  const own = args.extraArgs ?? {};
  const environment = args.extraEnvs ?? {};
  const volumes = args.extraVolumes ?? {};
  return {
    apiVersion: "kubeadm.k8s.io/v1beta4",
    kind: "ClusterConfiguration",
    clusterName: args.clusterName,
    kubernetesVersion: `v${args.kubernetesVersion}`,
    controlPlaneEndpoint: args.endpoint,
    ...defined({ imageRepository: args.imageRepository }),
    encryptionAlgorithm: "ECDSA-P256",
    ...defined({ certificateValidityPeriod: args.certificateValidity }),
    networking: { podSubnet: args.podCidr, serviceSubnet: args.serviceCidr, dnsDomain: "cluster.local" },
    apiServer: {
      certSANs: args.certificateNames,
      extraArgs: pairs({
        "admission-control-config-file": ADMISSION,
        "audit-log-maxage": "30",
        "audit-log-maxbackup": "10",
        "audit-log-maxsize": "100",
        "audit-log-path": AUDIT_LOG,
        "audit-policy-file": AUDIT_POLICY,
        "authentication-config": AUTHENTICATION,
        "encryption-provider-config": ENCRYPTION,
        ...(args.eventsEndpoints ? { "etcd-servers-overrides": `/events#${args.eventsEndpoints.join(";")}` } : {}),
        "kubelet-certificate-authority": "/etc/kubernetes/pki/ca.crt",
        profiling: "false",
        // By default, a token of an hour is valid for a year, for clients from before 2021.
        "service-account-extend-token-expiration": "false",
        "tls-cipher-suites": CIPHER_SUITES.join(","),
        ...own.apiServer,
        ...admissionPlugins(own.apiServer),
      }),
      ...extraEnvs(environment.apiServer),
      extraVolumes: [
        { name: "caravan", hostPath: SETTINGS_FOLDER, mountPath: SETTINGS_FOLDER, readOnly: true, pathType: "Directory" },
        { name: "audit", hostPath: folderOf(AUDIT_LOG), mountPath: folderOf(AUDIT_LOG), pathType: "DirectoryOrCreate" },
        ...(volumes.apiServer ?? []),
      ],
    },
    controllerManager: {
      extraArgs: pairs({
        "node-cidr-mask-size": String(args.nodeCidrMask),
        profiling: "false",
        ...(args.signingCa === undefined ? {} : { "cluster-signing-cert-file": args.signingCa }),
        ...own.controllerManager,
      }),
      ...extraEnvs(environment.controllerManager),
      ...(volumes.controllerManager ? { extraVolumes: volumes.controllerManager } : {}),
    },
    scheduler: {
      extraArgs: pairs({ config: SCHEDULER, ...own.scheduler }),
      ...extraEnvs(environment.scheduler),
      extraVolumes: [
        { name: "settings", hostPath: SCHEDULER, mountPath: SCHEDULER, readOnly: true, pathType: "File" },
        ...(volumes.scheduler ?? []),
      ],
    },
    etcd: etcd(args),
    proxy: { disabled: !args.kubeProxy },
  };
}

function etcd({ etcdEndpoints, etcdTag, extraArgs = {}, extraEnvs: environment = {} }: ClusterConfigurationArgs) {
  if (!etcdEndpoints) {
    return {
      local: {
        ...defined({ imageTag: etcdTag }),
        dataDir: "/var/lib/etcd",
        extraArgs: pairs({ ...etcdCipherSuites(extraArgs.etcd), ...extraArgs.etcd }),
        ...extraEnvs(environment.etcd),
      },
    };
  }
  const client = "/etc/kubernetes/pki/apiserver-etcd-client";
  return {
    external: { endpoints: etcdEndpoints, caFile: "/etc/kubernetes/pki/etcd/ca.crt", certFile: `${client}.crt`, keyFile: `${client}.key` },
  };
}

function extraEnvs(variables: Record<string, string> = {}): { extraEnvs?: { name: string; value: string }[] } {
  return Object.keys(variables).length > 0 ? { extraEnvs: pairs(variables) } : {};
}

/** Lists names and values. A name with several values comes several times. */
function pairs(values: Record<string, string | string[]>): { name: string; value: string }[] {
  return Object.entries(values).flatMap(([name, value]) => [value].flat().map((each) => ({ name, value: each })));
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}
