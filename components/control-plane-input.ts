import * as pulumi from "@pulumi/pulumi";
import { controlPlaneFiles, type EtcdFilesArgs } from "../lib/control-plane-files.ts";
import { API_PORT } from "../lib/kubeadm/init.ts";
import { encodeNodeFiles } from "../lib/node-files.ts";
import type { ControlPlaneArgs } from "./control-plane.ts";

/** What the script of a control plane is told, beside the machine's own facts. */
export interface ControlPlaneInputArgs extends ControlPlaneArgs {
  /** Host at which nodes reach the API. */
  nodeHost: pulumi.Output<string>;
  /** Name of the control plane that starts the cluster: in its first run that succeeds, and never again. */
  firstNode: string;
  /** Addresses of all control planes. */
  peers: pulumi.Input<string>[];
}

/** Shell assignments for the script of a control plane: the same for all of them. */
export function controlPlaneInput(args: ControlPlaneInputArgs): pulumi.Output<Record<string, string>> {
  const { firstNode, endpoint, etcd } = args;
  const { virtualAddress = "", port = API_PORT } = endpoint;
  return pulumi.all([files(args), args.peers, virtualAddress]).apply(
    ([all, peers, address]): Record<string, string> => ({
      FIRST_NODE: firstNode,
      PEERS: peers.map((peer) => `${peer}:${API_PORT}`).join(" "),
      ETCD: etcd ? "external" : "stacked",
      VIRTUAL_ADDRESS: address === "" ? "" : `${address}:${port}`,
      FILES: all,
    }),
  );
}

function files(args: ControlPlaneInputArgs): pulumi.Output<string> {
  const { pki, endpoint, nodeHost } = args;
  const { port = API_PORT, certificateNames = [], virtualAddress = "" } = endpoint;
  const apiAddress = pulumi.interpolate`${nodeHost}:${port}`;
  const secrets = pulumi.all([pki.cluster, pki.frontProxy, pki.serviceAccount, pki.encryptionKey, pki.bootstrapKubeconfig(apiAddress)]);
  const names = pulumi.all([nodeHost, endpoint.host, ...certificateNames]);
  return pulumi
    .all([secrets, etcdFiles(args), apiAddress, names, virtualAddress, pulumi.all(args.peers)])
    .apply(([[cluster, frontProxy, serviceAccount, encryptionKey, bootstrapKubeconfig], etcd, address, hosts, virtual, peers]) =>
      encodeNodeFiles(
        controlPlaneFiles({
          cluster: { ...clusterSettings(args), endpoint: address, certificateNames: [...new Set(hosts)] },
          kubelet: args.kubelet,
          kubeProxy: args.kubeProxy === false ? undefined : args.kubeProxy,
          scheduler: args.scheduler,
          authentication: args.authentication,
          podSecurity: args.podSecurity,
          eventRateLimits: args.eventRateLimits,
          ignorePreflightErrors: args.ignorePreflightErrors,
          authorities: { cluster, frontProxy },
          etcd,
          serviceAccount,
          encryptionKey,
          bootstrapKubeconfig,
          virtualAddress: virtual === "" ? undefined : { address: virtual, port, peers },
        }),
      ),
    );
}

/** What of kubeadm's ClusterConfiguration is plain. */
function clusterSettings({ cidrs, clusterName, kubernetesVersion, kubeProxy, registries, extraArgs, extraEnvs }: ControlPlaneInputArgs) {
  const { imageRepository } = registries ?? {};
  return { ...cidrs, clusterName, kubernetesVersion, kubeProxy: kubeProxy !== false, imageRepository, extraArgs, extraEnvs };
}

function etcdFiles({ etcd, pki }: ControlPlaneInputArgs): pulumi.Output<EtcdFilesArgs> {
  if (!etcd) return pulumi.output(pki.etcd.apply((authority): EtcdFilesArgs => ({ topology: "stacked", authority })));
  const { endpoints, events, authority, client, ready = true } = etcd;
  return pulumi.all([endpoints, events, authority, client, ready]).apply(
    ([urls, ofEvents, certificate, pair]): EtcdFilesArgs => ({
      topology: "external",
      endpoints: urls,
      ...(ofEvents ? { eventsEndpoints: ofEvents } : {}),
      authority: certificate,
      client: pair,
    }),
  );
}
