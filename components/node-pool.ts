import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import { batches, type NodeKeys, nodeKeys } from "../lib/node-keys.ts";
import type { NodeSoftwareArgs } from "../lib/node-software.ts";
import { checkPool, type PoolSettings } from "../lib/pool.ts";
import { Problems } from "../lib/problems.ts";
import { JOIN_SECONDS, reconcileInput, reconcileSeconds, workerInput } from "../lib/worker.ts";
import type { NetworkAttachment } from "./cluster-network.ts";
import type { JoinContract } from "./join-contract.ts";
import { type MachineArgs, serverArgs } from "./machine.ts";
import { contact, fanOut, hostKeyOf, type NodeMachine } from "./node-commands.ts";
import { withRetries } from "./retries.ts";
import type { SshAccess } from "./ssh-access.ts";

/** What a pool of workers is, beside the cluster that it joins. */
export interface PoolArgs extends NodeKeys, PoolSettings {
  /** What each node is made from. */
  machine: MachineArgs;
  /** Network of the pool's own, which the cluster's nodes must reach; Nova chooses among its subnets. @default the cluster's */
  network?: { networkId: pulumi.Input<string> };
}

export interface NodePoolArgs extends Omit<PoolArgs, "network">, NodeSoftwareArgs {
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

/** Workers that are alike. Each is one OpenStack server, whose port Nova makes and deletes, so none can leak. */
export class NodePool extends pulumi.ComponentResource {
  /** Names and addresses of the nodes, in order of their keys; known when all have joined. */
  readonly nodes: pulumi.Output<{ name: string; address: string }[]>;

  constructor(name: string, args: NodePoolArgs, opts?: pulumi.ComponentResourceOptions) {
    validate(name, args);
    super("caravan:index:NodePool", name, {}, withRetries(opts));

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
          // A server whose creation ended in an error, which Pulumi would keep, is made anew too.
          { parent: this, replaceOnChanges: ["imageId", "#initerror"], ignoreChanges: ["userData", "keyPair"] },
        );
        return [key, { name: server.name, id: server.id, address: server.accessIpV4 }];
      }),
    );
  }

  #join(name: string, batch: string, machines: NodeMachine[], args: NodePoolArgs) {
    const contacted = contact(`${name}-contact-${batch}`, machines, args.ssh, args, { parent: this });
    const pinned = machines.map((machine) => ({ ...machine, hostKey: hostKeyOf(contacted, machine.id) }));
    const { bootstrapKubeconfig, controlPlanes, lifetime } = args.join;
    return fanOut(
      `${name}-join-${batch}`,
      {
        machines: pinned,
        ssh: args.ssh,
        script: "worker",
        input: pulumi.output(bootstrapKubeconfig).apply((kubeconfig) => workerInput({ ...args, batch, bootstrapKubeconfig: kubeconfig })),
        deadline: JOIN_SECONDS,
        afterwards: {
          machines: controlPlanes,
          script: "reconcilePool",
          input: pulumi.all(machines.map(({ name }) => name)).apply((names) => reconcileInput({ ...args, batch }, names)),
          deadline: reconcileSeconds(args),
        },
      },
      { parent: this, ...(lifetime ? { deletedWith: lifetime } : {}) },
    );
  }
}

function validate(name: string, args: NodePoolArgs): void {
  const problems = new Problems();
  checkPool(args, problems);
  problems.throwIfAny(`node pool "${name}"`);
}
