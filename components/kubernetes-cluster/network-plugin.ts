import type * as pulumi from "@pulumi/pulumi";
import { nodeCount } from "../../lib/cluster/shape.ts";
import { defined } from "../../lib/defined.ts";
import { CiliumNetwork } from "../cilium-network.ts";
import type { EtcdClient } from "../etcd-cluster.ts";
import { FlannelNetwork } from "../flannel-network.ts";
import type { ClusterContext } from "./context.ts";

/** Arguments of the network plugin. */
interface PluginArgs {
  /** `host:port` at which nodes reach the API. */
  endpoint: pulumi.Input<string>;
  /** Returns the provider for the cluster's objects. It is created at the first call. */
  provider: () => pulumi.ProviderResource;
  /** Cilium's own etcd, if it has one. */
  kvstore: EtcdClient | undefined;
}

/** Installs the network plugin; none with type "none". */
export function createNetworkPlugin(
  { name, args, fixed, pki, parent }: ClusterContext,
  { endpoint, provider, kvstore }: PluginArgs,
): CiliumNetwork | FlannelNetwork | undefined {
  const { cni = { type: "cilium" } } = args;
  if (cni.type === "none") return undefined;
  // Objects in the cluster need no deletion when the whole cluster is deleted.
  const options = { parent, provider: provider(), deletedWith: pki.lifetime };
  if (cni.type === "flannel") return new FlannelNetwork(`${name}-flannel`, { ...cni, podCidr: fixed.podCidr }, options);
  const cilium = { ...cni, clusterName: name, endpoint, nodes: nodeCount(args), ...defined({ kvstore }) };
  return new CiliumNetwork(`${name}-cilium`, cilium, options);
}
