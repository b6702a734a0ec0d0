import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import { joinConfiguration } from "../lib/kubeadm/join.ts";
import type { Taint } from "../lib/kubeadm/node-registration.ts";
import { WORKER_DISCOVERY, WORKER_JOIN_CONFIGURATION } from "../lib/kubeadm/paths.ts";
import { encodeNodeFiles } from "../lib/node-files.ts";
import { batches, type NodeKeys, nodeKeys } from "../lib/node-keys.ts";
import type { NodeSoftwareArgs } from "../lib/node-software.ts";
import { batchLabels, checkPool, DEFAULT_DRAIN_SECONDS } from "../lib/pool.ts";
import { Problems } from "../lib/problems.ts";
import type { NetworkAttachment } from "./cluster-network.ts";
import type { JoinContract } from "./join-contract.ts";
import { type MachineArgs, serverArgs } from "./machine.ts";
import { contact, fanOut, hostKeyOf, type NodeMachine } from "./node-commands.ts";
import type { SshAccess } from "./ssh-access.ts";

/** What a pool of workers is, beside the cluster that it joins. */
export interface PoolArgs extends NodeKeys {
  /** What each node is made from. */
  machine: MachineArgs;
  /** Kubernetes labels of every node; changed in place. @default none */
  labels?: Record<string, string>;
  /** Kubernetes taints of every node; changed in place. @default none */
  taints?: Taint[];
  /** Seconds that a drain may take before a node is removed, from 1 to 3600. @default 300 */
  drainSeconds?: number;
}

export interface NodePoolArgs extends PoolArgs, NodeSoftwareArgs {
  /** Name of the cluster. */
  clusterName: string;
  /** Name of the pool among the cluster's. */
  pool: string;
  /** Where the nodes are put. */
  network: NetworkAttachment;
  /** The cluster to join. */
  join: JoinContract;
  /** How the machines are reached. */
  ssh: SshAccess;
}

/** Seconds in which a node must have joined. */
const JOIN_SECONDS = 600;

/** Seconds in which the Nodes of a batch must be labelled, and deleted once they are drained. */
const RECONCILE_SECONDS = 300;

/** Workers that are alike. Each is one OpenStack server, whose port Nova makes and deletes, so none can leak. */
export class NodePool extends pulumi.ComponentResource {
  /** Names and addresses of the nodes, in order of their keys; known when all have joined. */
  readonly nodes: pulumi.Output<{ name: string; address: string }[]>;

  constructor(name: string, args: NodePoolArgs, opts?: pulumi.ComponentResourceOptions) {
    validate(name, args);
    super("caravan:index:NodePool", name, {}, opts);

    const keys = nodeKeys(args);
    const machines = this.#machines(name, keys, args);
    const joins = [...batches(keys)].map(([batch, members]) =>
      this.#join(
        name,
        batch,
        members.map((key) => machines.get(key)!),
        args,
      ),
    );

    const nodes = [...machines.values()].map(({ name, address }) => ({ name, address }));
    this.nodes = pulumi.all([nodes, joins.map(({ id }) => id)]).apply(([known]) => known);
    this.registerOutputs({ nodes: this.nodes });
  }

  #machines(name: string, keys: string[], args: NodePoolArgs): Map<string, NodeMachine> {
    const common = serverArgs(args, this, { name });
    const { networkId, ready, securityGroups } = args.network;
    const uuid = pulumi.all([networkId, ready]).apply(([id]) => id);
    return new Map(
      keys.map((key) => {
        const server = new openstack.compute.Instance(
          `${name}-${key}`,
          { ...common, networks: [{ uuid }], securityGroups },
          // Nova would rebuild in place and keep the old node's identity. A new machine gets a new name, joins, and only then is the old one drained.
          { parent: this, replaceOnChanges: ["imageId"], ignoreChanges: ["userData", "keyPair"] },
        );
        return [key, { name: server.name, id: server.id, address: server.accessIpV4 }];
      }),
    );
  }

  #join(name: string, batch: string, machines: NodeMachine[], args: NodePoolArgs) {
    const contacted = contact(`${name}-contact-${batch}`, machines, args.ssh, args, { parent: this });
    const pinned = machines.map((machine) => ({ ...machine, hostKey: hostKeyOf(contacted, machine.id) }));
    return fanOut(
      `${name}-join-${batch}`,
      {
        machines: pinned,
        ssh: args.ssh,
        script: "worker",
        input: joinInput(batch, args),
        deadline: JOIN_SECONDS,
        afterwards: {
          machines: args.join.controlPlanes,
          script: "reconcilePool",
          input: reconcileInput(batch, machines, args),
          deadline: (args.drainSeconds ?? DEFAULT_DRAIN_SECONDS) + RECONCILE_SECONDS,
        },
      },
      { parent: this, ...(args.join.lifetime ? { deletedWith: args.join.lifetime } : {}) },
    );
  }
}

function joinInput(batch: string, args: NodePoolArgs): pulumi.Output<Record<string, string>> {
  const registration = { labels: batchLabels(args.pool, batch), taints: args.taints, ignorePreflightErrors: args.ignorePreflightErrors };
  const configuration = joinConfiguration({ discovery: WORKER_DISCOVERY, controlPlane: false, registration });
  return pulumi.output(args.join.bootstrapKubeconfig).apply(
    (bootstrapKubeconfig): Record<string, string> => ({
      FILES: encodeNodeFiles([
        { path: WORKER_JOIN_CONFIGURATION, mode: "0600", content: configuration },
        { path: WORKER_DISCOVERY, mode: "0600", content: bootstrapKubeconfig },
      ]),
    }),
  );
}

function reconcileInput(batch: string, machines: NodeMachine[], args: NodePoolArgs): pulumi.Output<Record<string, string>> {
  const { pool, labels = {}, taints = [], drainSeconds = DEFAULT_DRAIN_SECONDS } = args;
  return pulumi.all(machines.map(({ name }) => name)).apply(
    (names): Record<string, string> => ({
      POOL: pool,
      BATCH: batch,
      WANTED_NODES: names.join(" "),
      LABELS: Object.entries(labels)
        .map(([key, value]) => `${key}=${value}`)
        .join(" "),
      TAINTS: taints.map(({ key, value, effect }) => `${key}${value === undefined ? "" : `=${value}`}:${effect}`).join(" "),
      DRAIN_SECONDS: String(drainSeconds),
    }),
  );
}

function validate(name: string, args: NodePoolArgs): void {
  const problems = new Problems();
  checkPool(args, problems);
  problems.throwIfAny(`node pool "${name}"`);
}
