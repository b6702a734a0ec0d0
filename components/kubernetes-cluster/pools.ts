import type * as pulumi from "@pulumi/pulumi";
import { defined } from "../../lib/defined.ts";
import { kubeletOfPool } from "../../lib/kubeadm/kubelet.ts";
import type { PoolNetworkSettings } from "../../lib/pool/settings.ts";
import type { NetworkAttachment } from "../cluster-network.ts";
import type { Ready } from "../engine/gate.ts";
import { ImportedNodes, importedSsh } from "../imported-nodes.ts";
import { NodePool } from "../node-pool.ts";
import { ConcurrencyLimits } from "../pool/concurrency.ts";
import type { PoolContract } from "../pool/pool-contract.ts";
import type { ClusterContext } from "./context.ts";

/** Names and addresses of nodes. */
export type NodeList = pulumi.Output<{ name: string; address: string }[]>;

/** Pool of workers, on created machines or imported servers. */
export interface Pool {
  nodes: NodeList;
  ready: Ready;
}

/** Returns the ids of a pool's own network. */
function placeOf({ networkId, subnetId }: PoolNetworkSettings): Pick<NetworkAttachment, "networkId" | "subnetId"> {
  return { networkId, subnetId };
}

/** Makes the pools of workers, by name. */
export function createPools({ name, args, names, inCloud }: ClusterContext, contract: PoolContract): Record<string, Pool> {
  const { pools = {} } = args;
  const concurrency = new ConcurrencyLimits(args.concurrency);
  const create = (pool: string, given: (typeof pools)[string]): Pool => {
    const component = `${name}-${pool}`;
    const kubelet = given.kubelet && kubeletOfPool(contract.kubelet, given.kubelet);
    const registries = given.registries && { ...contract.registries, ...given.registries };
    const own = { ...given, ...defined({ kubelet, registries }), pool };
    if ("imported" in own) {
      const ssh = importedSsh(own.ssh, contract.ssh);
      return new ImportedNodes(component, { ...contract, ...own, ssh, clusterSsh: contract.ssh }, inCloud);
    }
    const network = own.network ? { ...contract.network, ...placeOf(own.network), workerPorts: true } : contract.network;
    return new NodePool(component, { ...contract, ...own, network, concurrency, machine: names.pools[pool]! }, inCloud);
  };
  return Object.fromEntries(Object.entries(pools).map(([pool, given]) => [pool, create(pool, given)]));
}
