import * as pulumi from "@pulumi/pulumi";
import { defined } from "../lib/defined.ts";
import { checkNodeSoftware } from "../lib/node/rules.ts";
import type { NodeSoftwareSettings } from "../lib/node/settings.ts";
import { checkConcurrency } from "../lib/pool/concurrency.ts";
import { batches, nodeKeys } from "../lib/pool/node-keys.ts";
import { checkPool } from "../lib/pool/rules.ts";
import type { ConcurrencySettings, MachinePoolSettings } from "../lib/pool/settings.ts";
import { ADMISSION, admissionInput, JOIN_SECONDS, reconcileInput, reconcileSeconds, workerInput } from "../lib/pool/worker.ts";
import { Problems } from "../lib/problems.ts";
import type { NetworkAttachment } from "./cluster-network.ts";
import { allReady, type Ready } from "./engine/gate.ts";
import { tolerateFailure } from "./engine/settled.ts";
import { type ExistingMachines, existingMachines } from "./node-pool/existing-machines.ts";
import { PoolProgress } from "./node-pool/progress.ts";
import { withShortStackTraces } from "./node-pool/short-stack-traces.ts";
import { makeWorkers } from "./node-pool/workers.ts";
import { withRetries } from "./openstack/retries.ts";
import { ConcurrencyLimits, type Places } from "./pool/concurrency.ts";
import type { JoinContract } from "./pool/join-contract.ts";
import { createOwner, type PoolOwner } from "./pool/pool-owner.ts";
import { rolling } from "./pool/rolling.ts";
import { commandsOf, contact, contactedMachines, preparation } from "./ssh/contact.ts";
import { type FanOut, fanOut } from "./ssh/fan-out.ts";
import type { SshAccess } from "./ssh/ssh-access.ts";

export interface NodePoolArgs extends Omit<MachinePoolSettings, "network" | "kubernetesVersion">, NodeSoftwareSettings {
  /** Name of the cluster. */
  clusterName: string;
  /** Name of the pool, unique in the cluster. */
  pool: string;
  /** Network of the nodes. */
  network: NetworkAttachment;
  /** Join contract of the cluster. */
  join: JoinContract;
  /** SSH access to the machines. */
  ssh: SshAccess;
  /** Concurrency limits, of this pool or shared by several. @default { creates: 64, joins: 256 } for this pool */
  concurrency?: ConcurrencySettings | ConcurrencyLimits;
}

/** Seconds to wait for SSH on a machine that failed its first contact; it booted long ago. */
const PATIENCE = 60;

type NodeList = pulumi.Output<{ name: string; address: string }[]>;

interface JoinedBatch {
  nodes: NodeList;
  /** Id of the command that makes the machines join. */
  id: pulumi.Output<string>;
}

/**
 * Pool of workers that are alike. Each is one OpenStack server. In a network of the cluster's own, Nova creates and deletes its port, so
 * no port can leak. A machine that cannot be prepared or does not join does not delay the others; with `pulumi up --continue-on-error`,
 * nor does a server whose creation fails. The next run retries them.
 */
export class NodePool extends pulumi.ComponentResource {
  /** Names and addresses of the nodes by order of keys. Known when all have joined; after a failure, those of all existing machines. */
  readonly nodes: NodeList;
  /** Value for `dependsOn` of resources that need all nodes of this pool. */
  readonly ready: Ready;
  readonly #owner: PoolOwner;
  readonly #limits: ConcurrencyLimits;
  readonly #progress: PoolProgress;

  constructor(name: string, args: NodePoolArgs, opts?: pulumi.ComponentResourceOptions) {
    validate(name, args);
    super("caravan:index:NodePool", name, {}, withRetries(opts));

    this.#owner = createOwner(name, { parent: this });
    this.#limits = args.concurrency instanceof ConcurrencyLimits ? args.concurrency : new ConcurrencyLimits(args.concurrency);
    const keys = nodeKeys(args);
    this.#progress = new PoolProgress(this, { name, pool: args.pool, wanted: keys.length });
    const context = { component: this, name, creates: this.#limits.creates, progress: this.#progress };
    const { workers, rollout } = withShortStackTraces(() => makeWorkers(context, keys, { ...args, mark: this.#owner.mark }));
    const joined = [...batches(keys)].map(([batch, members]) => {
      const machines = existingMachines(new Map(members.map((key) => [`${name}-${key}`, workers.get(key)!])), args.labels);
      return this.#join(name, batch, members.length, machines, args);
    });
    this.#progress.end();

    this.nodes = pulumi.all(joined.map(({ nodes }) => nodes)).apply((lists) => lists.flat());
    this.ready = allReady(joined.map(({ id }) => id));
    this.registerOutputs({ nodes: this.nodes, ...rollout.outputs });
  }

  /** Makes the existing machines of a batch join. */
  #join(name: string, batch: string, size: number, { machines, absent }: ExistingMachines, args: NodePoolArgs): JoinedBatch {
    const child = { parent: this, ...this.#progress.options };
    const contacted = contact(`${name}-contact-${batch}`, { machines, absent, tolerant: true, rsaHostKeys: true }, args.ssh, args, child);
    const { endpoint, ca, controlPlanes, lifetime, restore } = args.join;
    const software = preparation(args);
    const work: FanOut = {
      machines: contactedMachines(machines, contacted),
      absent,
      ssh: args.ssh,
      preparation: { ...software, patience: PATIENCE },
      script: "worker",
      input: pulumi
        .all([endpoint, ca, commandsOf(args), software.input, restore])
        .apply(([server, ca, commands, prepared, id]) =>
          workerInput({ ...args, preparation: prepared, batch, endpoint: server, ca, commands, restore: id }),
        ),
      deadline: JOIN_SECONDS,
      beforehand: {
        machines: controlPlanes,
        script: "admitNodes",
        input: this.#owner.id.apply((owner) => admissionInput({ ...args, batch, owner })),
        ...ADMISSION,
      },
      rolling: rolling({ ...args, size }, this.#owner.id),
      afterwards: {
        machines: controlPlanes,
        script: "reconcilePool",
        input: pulumi.all([machines, absent, this.#owner.id]).apply(([existing, others, owner]) =>
          reconcileInput(
            { ...args, batch, owner },
            existing.map((machine) => machine.name),
            others,
            new Map(existing.map(({ name, topology = "" }) => [name, topology])),
          ),
        ),
        deadline: reconcileSeconds(args),
      },
    };
    const options = { ...child, ...defined({ deletedWith: lifetime }) };
    const make = (dependsOn: Places) => fanOut(`${name}-join-${batch}`, work, { ...options, dependsOn });
    const joined = this.#limits.joins.make(size, [this.urn, work], make);
    this.#progress.batch("booted", `${name}-contact-${batch}`, contacted, machines);
    this.#progress.batch("joined", `${name}-join-${batch}`, joined, machines);
    tolerateFailure(joined);
    // After a failure, the nodes of the existing machines are an output all the same.
    const done = pulumi.recover(joined.id, () => "");
    const nodes = pulumi.all([machines, done]).apply(([existing]) => existing.map(({ name, address }) => ({ name, address })));
    return { nodes, id: joined.id };
  }
}

function validate(name: string, args: NodePoolArgs): void {
  const problems = new Problems();
  checkPool(args, problems);
  checkNodeSoftware(args, problems);
  if (args.network.workerPorts && !args.network.securityGroupIds)
    problems.add(
      "network.securityGroupIds",
      "is missing; with workerPorts true, Neutron takes the ids of the security groups, so give them",
    );
  if (args.concurrency && !(args.concurrency instanceof ConcurrencyLimits)) checkConcurrency(args.concurrency, problems.at("concurrency"));
  problems.throwIfAny(`node pool "${name}"`);
}
