import { isIP } from "node:net";
import * as pulumi from "@pulumi/pulumi";
import { controlPlaneFiles, type EtcdFilesArgs } from "../../lib/control-plane/files.ts";
import { defined } from "../../lib/defined.ts";
import { backupFacts, manifestKey } from "../../lib/etcd-backup/facts.ts";
import type { BackupFilesArgs, KnownBackup } from "../../lib/etcd-backup/files.ts";
import { API_PORT } from "../../lib/kubeadm/init.ts";
import { encodeNodeFiles } from "../../lib/node/files.ts";
import type { ControlPlaneInput } from "../../lib/node/script-inputs.ts";
import { phasesInput } from "../../lib/rotation/keyrings.ts";
import { etcdTag } from "../../lib/upgrade/etcd-versions.ts";
import type { CheckedCredentials } from "../pki/credentials.ts";
import { commandsOf, preparation } from "../ssh/contact.ts";
import { type ControlPlaneArgs, restoreOf } from "./arguments.ts";

/** Arguments of the input of the control plane's script, beside the machine's own facts. */
export interface ControlPlaneInputArgs extends Omit<ControlPlaneArgs, "credentials"> {
  /** Credentials of the control planes, checked. */
  credentials: CheckedCredentials;
  /** Host at which nodes reach the API. */
  nodeHost: pulumi.Output<string>;
  /** Name of the initial control plane. It starts the cluster in its first successful run, and never again. */
  firstNode: string;
  /** Addresses of all control planes. */
  peers: pulumi.Input<string>[];
}

/** Makes the input of the control plane's script. It is the same on all control planes. */
export function controlPlaneInput(args: ControlPlaneInputArgs): pulumi.Output<ControlPlaneInput> {
  const { firstNode, endpoint, etcd } = args;
  const { virtualAddress = "", port = API_PORT } = endpoint;
  const software = preparation(args).input;
  return pulumi.all([files(args), args.peers, virtualAddress, apiHosts(args), commandsOf(args), software]).apply(
    ([all, peers, address, hosts, commands, prepared]): ControlPlaneInput => ({
      ...prepared,
      RESTORE: restoreOf(args) ?? "",
      FIRST_NODE: firstNode,
      PEERS: peers.map((peer) => `${peer}:${API_PORT}`).join(" "),
      ETCD: etcd ? "external" : "stacked",
      VIRTUAL_ADDRESS: address === "" ? "" : `${address}:${port}`,
      // A cloud controller adds these addresses to the Node, and then the kubelet requests a certificate for them.
      API_ADDRESSES: hosts.filter((host) => isIP(host) !== 0).join(","),
      SCHEDULABLE: args.schedulable ? "yes" : "",
      KEY_PHASES: phasesInput(args.credentials.rotation),
      ...commands,
      FILES: all,
    }),
  );
}

/** Returns the names and addresses of the API. */
function apiHosts({ nodeHost, endpoint: { host, certificateNames = [] } }: ControlPlaneInputArgs): pulumi.Output<string[]> {
  return pulumi.all([nodeHost, host, ...certificateNames]).apply((hosts) => [...new Set(hosts)]);
}

function files(args: ControlPlaneInputArgs): pulumi.Output<string> {
  const { credentials, endpoint, nodeHost } = args;
  const { port = API_PORT, virtualAddress = "" } = endpoint;
  const apiAddress = pulumi.interpolate`${nodeHost}:${port}`;
  const { clusterCa, frontProxyCa, serviceAccountKey, encryptionKey, trusted, virtualAddressPassword } = credentials;
  const secrets = pulumi.all([clusterCa, frontProxyCa, serviceAccountKey, encryptionKey, trusted, virtualAddressPassword]);
  return pulumi
    .all([secrets, etcdFiles(args), apiAddress, apiHosts(args), virtualAddress, pulumi.all(args.peers), backupOf(args)])
    .apply(([[cluster, frontProxy, serviceAccount, key, others, password], etcd, address, hosts, virtual, peers, backup]) =>
      encodeNodeFiles(
        controlPlaneFiles({
          cluster: { ...clusterSettings(args), endpoint: address, certificateNames: [...new Set([...hosts, ...(args.certSANs ?? [])])] },
          kubelet: args.kubelet,
          kubeProxy: args.kubeProxy === false ? undefined : args.kubeProxy,
          scheduler: args.scheduler,
          authentication: args.authentication,
          podSecurity: args.podSecurity,
          eventRateLimits: args.eventRateLimits,
          ignorePreflightErrors: args.ignorePreflightErrors,
          cas: { cluster, frontProxy },
          etcd,
          serviceAccount,
          encryptionKey: key,
          rotation: credentials.rotation,
          trusted: others,
          virtualAddressPassword: password,
          backup,
          restore: args.etcd?.restore,
          virtualAddress: virtual === "" ? undefined : { address: virtual, port, peers },
        }),
      ),
    );
}

/** Returns the settings of kubeadm's ClusterConfiguration that are plain values. */
function clusterSettings(args: ControlPlaneInputArgs) {
  const { cidrs, clusterName, kubernetesVersion, kubeProxy, registries, certificateValidity, extraArgs, extraEnvs, extraVolumes } = args;
  const { imageRepository } = registries ?? {};
  const own = {
    etcdTag: etcdTag(kubernetesVersion, args.etcdVersion),
    imageRepository,
    certificateValidity,
    extraArgs,
    extraEnvs,
    extraVolumes,
  };
  return { ...cidrs, clusterName, kubernetesVersion, kubeProxy: kubeProxy !== false, ...own };
}

function etcdFiles({ etcd, credentials }: ControlPlaneInputArgs): pulumi.Output<EtcdFilesArgs> {
  if (!etcd) return credentials.etcdCa!.apply((ca): EtcdFilesArgs => ({ topology: "stacked", ca }));
  const { endpoints, events, ca, client, ready = true } = etcd;
  return pulumi
    .all([endpoints, events, ca, client, ready])
    .apply(
      ([urls, ofEvents, certificate, pair]): EtcdFilesArgs =>
        defined({ topology: "external" as const, endpoints: urls, eventsEndpoints: ofEvents, ca: certificate, client: pair }),
    );
}

/** Returns the backups of stacked etcd. */
function backupOf({ etcd, etcdBackup, credentials, clusterName, kubernetesVersion }: ControlPlaneInputArgs) {
  if (etcd || !etcdBackup) return undefined;
  return pulumi.all([pulumi.output(etcdBackup), factsOf(credentials, kubernetesVersion), credentials.etcdCa!]).apply(
    ([backup, facts, ca]): BackupFilesArgs => ({
      clusterName,
      backup: backup as KnownBackup,
      facts,
      manifestKey: manifestKey(ca),
      kubeconfig: "/etc/kubernetes/admin.conf",
    }),
  );
}

/** Returns the facts about the cluster that backups tell, and that a restore compares. */
export function factsOf({ clusterCa, serviceAccountKey, encryptionKey, trusted }: CheckedCredentials, kubernetesVersion: string) {
  return pulumi
    .all([encryptionKey, trusted, clusterCa, serviceAccountKey])
    .apply(([key, { encryptionKeys, clusterCas }, ca, serviceAccount]) =>
      backupFacts({
        kubernetesVersion,
        encryptionKeys: [key, ...encryptionKeys],
        clusterCa: ca,
        trustedClusterCas: clusterCas,
        serviceAccountKey: serviceAccount,
      }),
    );
}
