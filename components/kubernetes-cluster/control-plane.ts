import * as pulumi from "@pulumi/pulumi";
import { DEFAULTS } from "../../lib/cluster/shape.ts";
import { defined } from "../../lib/defined.ts";
import { backupFacts } from "../../lib/etcd-backup/facts.ts";
import type { ClusterSoftwareSettings } from "../../lib/node/settings.ts";
import { phaseOf } from "../../lib/rotation/keyrings.ts";
import type { Endpoint } from "../api-endpoint.ts";
import type { ClusterNetwork, NetworkAttachment } from "../cluster-network.ts";
import { ControlPlane } from "../control-plane.ts";
import { type EtcdClient, EtcdCluster } from "../etcd-cluster.ts";
import type { SshAccess } from "../ssh/ssh-access.ts";
import type { ClusterContext } from "./context.ts";

/** Arguments that all machines of a cluster share. */
export interface NodeArgs extends ClusterSoftwareSettings {
  clusterName: string;
  network: NetworkAttachment;
  ssh: SshAccess;
}

/** Returns the software settings of all nodes. Their proxies are not for the cluster's own networks and the endpoint of its API. */
export function softwareOf({ args, fixed }: ClusterContext, { host, nodeHost }: Endpoint): ClusterSoftwareSettings {
  const {
    kubernetesVersion = DEFAULTS.kubernetesVersion,
    kubelet,
    registries,
    packageRepository,
    packageRepositoryKey,
    sysctls,
    ignorePreflightErrors,
  } = args;
  const { networkCidr, podCidr, serviceCidr } = fixed;
  const own = [networkCidr, podCidr, serviceCidr, ...(args.network.nodeCidrs ?? []), host, ...(nodeHost === undefined ? [] : [nodeHost])];
  const proxy = args.proxy && { ...args.proxy, no: [...(args.proxy.no ?? []), ...own] };
  return defined({
    kubernetesVersion,
    kubelet,
    registries,
    proxy,
    packageRepository,
    packageRepositoryKey,
    sysctls,
    ignorePreflightErrors,
  });
}

/** Makes an etcd on its own machines; none with stacked etcd. */
export function createEtcd(
  { name, args: { etcd, certificates: { rotation } = {} }, names, pki, owner, inCloud }: ClusterContext,
  node: NodeArgs,
  { nodeGroupId }: ClusterNetwork,
): EtcdCluster | undefined {
  if (etcd?.topology !== "external" || !names.etcd) return undefined;
  const { eventsEtcd: events = false, ...settings } = etcd;
  const cilium = pki.ciliumEtcd && {
    ca: pki.ciliumEtcd,
    caGeneration: phaseOf(rotation, "ciliumEtcdCa").use,
    trustedCas: pki.trustedCiliumEtcdCas,
  };
  return new EtcdCluster(
    `${name}-etcd`,
    {
      ...node,
      ...owner,
      ...settings,
      machine: names.etcd,
      securityGroupIds: [nodeGroupId],
      ca: pki.credentials.etcdCa ?? pki.etcd,
      caGeneration: phaseOf(pki.credentials.rotation, "etcdCa").use,
      events,
      ...defined({
        cilium,
        trustedCas: pki.credentials.trusted?.etcdCas,
        backupFacts: (settings.backup || settings.restore) && factsOf(pki, node),
      }),
    },
    inCloud,
  );
}

function factsOf({ credentials }: ClusterContext["pki"], { kubernetesVersion }: NodeArgs) {
  const { encryptionKey, clusterCa, serviceAccountKey, trusted } = credentials;
  return pulumi
    .all([encryptionKey, trusted?.encryptionKeys ?? [], clusterCa, trusted?.clusterCas ?? [], serviceAccountKey])
    .apply(([key, others, ca, trustedClusterCas, serviceAccount]) =>
      backupFacts({
        kubernetesVersion,
        encryptionKeys: [key, ...others],
        clusterCa: ca,
        trustedClusterCas,
        serviceAccountKey: serviceAccount,
      }),
    );
}

/** Makes the control planes. */
export function createControlPlane(
  { name, args, fixed, names, pki, owner, inCloud }: ClusterContext,
  node: NodeArgs,
  { controlPlaneGroupIds }: ClusterNetwork,
  endpoint: Endpoint,
  etcd: EtcdClient | undefined,
): ControlPlane {
  const { podCidr, serviceCidr, nodeCidrMask } = fixed;
  return new ControlPlane(
    `${name}-control-plane`,
    {
      ...node,
      ...owner,
      ...args.controlPlane,
      machine: names.controlPlane,
      securityGroupIds: controlPlaneGroupIds,
      endpoint,
      credentials: pki.credentials,
      cidrs: { podCidr, serviceCidr, nodeCidrMask },
      kubeProxy: fixed.kubeProxy ? (args.kubeProxy ?? {}) : false,
      ...defined({
        etcd,
        etcdVersion: args.etcd?.etcdVersion,
        ...(args.etcd?.topology === "external" ? {} : { etcdBackup: args.etcd?.backup, etcdRestore: args.etcd?.restore }),
        certificateValidity: args.certificates?.validity,
      }),
    },
    inCloud,
  );
}
