/** Version of Kubernetes in devcloud's image of nodes, with the etcd and CoreDNS that its kubeadm asks for. */
export const DEFAULT = { kubernetes: "1.36.3", etcd: "3.6.8", coredns: "1.14.2" } as const;

/**
 * Other versions of Kubernetes of which devcloud makes clusters: the versions of the programs in the images that their kubeadm names. They are built when a test
 * asks for them. Each has go.mod and go.sum in modules/kubernetes-VERSION, each etcd and CoreDNS that is not the default's in modules/etcd-VERSION and so on.
 *
 * The tags are kubeadm's and may be others: to save builds, 3.6.5-0 and 3.6.6-0 have etcd 3.6.8 in them, and CoreDNS of 1.34 and 1.35 is that of 1.36. 3.7.0-0 has
 * etcd 3.7.3, because no module proxy has etcdctl and etcdutl 3.7.0.
 */
export const OTHER_VERSIONS = {
  "1.34.4": { etcd: "3.6.8", coredns: "1.14.2" },
  "1.35.4": { etcd: "3.6.8", coredns: "1.14.2" },
  "1.36.1": { etcd: "3.6.8", coredns: "1.14.2" },
  "1.37.2": { etcd: "3.7.3", coredns: "1.14.6" },
} as const;

/** Another etcd 3.6: one to which a cluster goes before etcd 3.7. */
export const LATE_ETCD = "3.6.16";

/** Tags of its image: its own, and that of the library for Kubernetes 1.37 (lib/upgrade/etcd-versions.ts). */
export const LATE_ETCD_TAGS = [`${LATE_ETCD}-0`, "3.6.11-0"] as const;

/** Version of Kubernetes that is not in the image of nodes. */
export type OtherVersion = keyof typeof OTHER_VERSIONS;

/** Any version of Kubernetes that devcloud builds. */
export type KubernetesVersion = OtherVersion | typeof DEFAULT.kubernetes;

/** Versions of etcd and CoreDNS beside the default's. */
export type OtherEtcd = Exclude<(typeof OTHER_VERSIONS)[OtherVersion]["etcd"], typeof DEFAULT.etcd> | typeof LATE_ETCD;
export type OtherCoredns = Exclude<(typeof OTHER_VERSIONS)[OtherVersion]["coredns"], typeof DEFAULT.coredns>;

/** Names of the tools whose programs are in the packages and images of a version of Kubernetes. */
export type VersionTools = {
  kubernetes: "kubernetes" | `kubernetes-${OtherVersion}`;
  etcd: "etcd" | `etcd-${OtherEtcd}`;
  coredns: "coredns" | `coredns-${OtherCoredns}`;
};

/** Returns the tools of a version of Kubernetes. */
export function toolsOf(version: KubernetesVersion): VersionTools {
  if (version === DEFAULT.kubernetes) return { kubernetes: "kubernetes", etcd: "etcd", coredns: "coredns" };
  const { etcd, coredns } = OTHER_VERSIONS[version];
  return {
    kubernetes: `kubernetes-${version}`,
    etcd: etcd === DEFAULT.etcd ? "etcd" : `etcd-${etcd}`,
    coredns: coredns === DEFAULT.coredns ? "coredns" : `coredns-${coredns}`,
  };
}
