import * as pulumi from "@pulumi/pulumi";
import { controlPlaneFiles, type EtcdFilesArgs } from "../lib/control-plane-files.ts";
import { API_PORT } from "../lib/kubeadm/init.ts";
import { encodeNodeFiles } from "../lib/node-files.ts";
import type { ControlPlaneArgs } from "./control-plane.ts";

/** What the script of a control plane is told, beside the machine's own facts. */
export interface ControlPlaneInputArgs extends ControlPlaneArgs {
  /** Host at which nodes reach the API. */
  nodeHost: pulumi.Output<string>;
  /** Id of the machine that was first of all. */
  founder: pulumi.Output<string>;
  /** Addresses of all control planes. */
  peers: pulumi.Input<string>[];
}

/** Shell assignments for the script of a control plane: the same for all of them. */
export function controlPlaneInput(args: ControlPlaneInputArgs): pulumi.Output<Record<string, string>> {
  const { founder, endpoint, etcd } = args;
  const { virtualAddress = "", port = API_PORT } = endpoint;
  return pulumi.all([files(args), founder, args.peers, virtualAddress]).apply(
    ([all, founderId, peers, address]): Record<string, string> => ({
      FOUNDER_ID: founderId,
      PEERS: peers.map((peer) => `${peer}:${API_PORT}`).join(" "),
      ETCD: etcd ? "external" : "stacked",
      VIRTUAL_ADDRESS: address === "" ? "" : `${address}:${port}`,
      FILES: all,
    }),
  );
}

function files(args: ControlPlaneInputArgs): pulumi.Output<string> {
  const { pki, endpoint, nodeHost, peers } = args;
  const { port = API_PORT, certificateNames = [] } = endpoint;
  const apiAddress = pulumi.interpolate`${nodeHost}:${port}`;
  return pulumi
    .all({
      cluster: pki.cluster,
      frontProxy: pki.frontProxy,
      serviceAccount: pki.serviceAccount,
      encryptionKey: pki.encryptionKey,
      bootstrapKubeconfig: pki.bootstrapKubeconfig(apiAddress),
      etcd: etcdFiles(args),
      apiAddress,
      names: [nodeHost, endpoint.host, ...certificateNames],
      virtualAddress: endpoint.virtualAddress,
      peers,
    })
    .apply(({ cluster, frontProxy, names, virtualAddress, ...known }) =>
      encodeNodeFiles(
        controlPlaneFiles({
          ...known,
          authorities: { cluster, frontProxy },
          cluster: {
            ...args.cidrs,
            clusterName: args.clusterName,
            kubernetesVersion: args.kubernetesVersion,
            endpoint: known.apiAddress,
            certificateNames: [...new Set(names)],
            kubeProxy: args.kubeProxy ?? true,
            imageRepository: args.registries?.imageRepository,
            extraArgs: args.extraArgs,
          },
          kubelet: args.kubelet,
          scheduler: args.scheduler,
          ignorePreflightErrors: args.ignorePreflightErrors,
          virtualAddress: virtualAddress === undefined ? undefined : { address: virtualAddress, port, peers: known.peers },
        }),
      ),
    );
}

function etcdFiles({ etcd, pki }: ControlPlaneInputArgs): pulumi.Output<EtcdFilesArgs> {
  if (!etcd) return pulumi.output(pki.etcd.apply((authority): EtcdFilesArgs => ({ topology: "stacked", authority })));
  const { endpoints, authority, client, ready = true } = etcd;
  return pulumi
    .all([endpoints, authority, client, ready])
    .apply(([urls, certificate, pair]): EtcdFilesArgs => ({ topology: "external", endpoints: urls, authority: certificate, client: pair }));
}
