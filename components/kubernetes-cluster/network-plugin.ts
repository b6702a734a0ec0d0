import type * as pulumi from "@pulumi/pulumi";
import { nodeCount } from "../../lib/cluster/shape.ts";
import { defined } from "../../lib/defined.ts";
import { CiliumNetwork } from "../cilium-network.ts";
import type { EtcdClient } from "../etcd-cluster.ts";
import { FlannelNetwork } from "../flannel-network.ts";
import type { ClusterContext } from "./context.ts";

/** What a network plugin is installed with. */
interface PluginPlace {
  /** `host:port` at which nodes reach the API. */
  endpoint: pulumi.Input<string>;
  /** Gives the provider of the cluster's objects; it is made only when something needs it. */
  provider: () => pulumi.ProviderResource;
  /** Cilium's own etcd, if there is one. */
  kvstore: EtcdClient | undefined;
}

/** Installs the network plugin, if there is to be one. */
export function createNetworkPlugin(
  { name, args, fixed, pki, parent }: ClusterContext,
  { endpoint, provider, kvstore }: PluginPlace,
): CiliumNetwork | FlannelNetwork | undefined {
  const { cni = { type: "cilium" } } = args;
  if (cni.type === "none") return undefined;
  // What runs in the cluster needs no undoing when the cluster itself goes.
  const options = { parent, provider: provider(), deletedWith: pki.lifetime };
  if (cni.type === "flannel") return new FlannelNetwork(`${name}-flannel`, { ...cni, podCidr: fixed.podCidr }, options);
  const cilium = { ...cni, clusterName: name, endpoint, nodes: nodeCount(args), ...defined({ kvstore }) };
  return new CiliumNetwork(`${name}-cilium`, cilium, options);
}
