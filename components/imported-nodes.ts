import * as pulumi from "@pulumi/pulumi";
import { defined } from "../lib/defined.ts";
import { checkNodeSoftware } from "../lib/node/rules.ts";
import type { NodeSoftwareSettings } from "../lib/node/settings.ts";
import { checkImportedPool, importedId } from "../lib/pool/imported.ts";
import type { ImportedPoolSettings, ImportedSshSettings } from "../lib/pool/settings.ts";
import { ADMISSION, admissionInput, JOIN_SECONDS, reconcileInput, reconcileSeconds, workerInput } from "../lib/pool/worker.ts";
import { Problems } from "../lib/problems.ts";
import { allReady, type Ready } from "./engine/gate.ts";
import type { JoinContract } from "./pool/join-contract.ts";
import { createOwner } from "./pool/pool-owner.ts";
import { rolling } from "./pool/rolling.ts";
import { CONTACT_SECONDS, commandsOf, hostKeyOf, preparation } from "./ssh/contact.ts";
import { fanOut, onFirst } from "./ssh/fan-out.ts";
import type { NodeMachine } from "./ssh/node-machine.ts";
import type { SshConnection } from "./ssh/ssh-access.ts";

export interface ImportedNodesArgs extends Omit<ImportedPoolSettings, "ssh" | "kubernetesVersion">, NodeSoftwareSettings {
  /** Name of the cluster. */
  clusterName: string;
  /** Name of the pool, unique in the cluster. */
  pool: string;
  /** Join contract of the cluster. */
  join: JoinContract;
  /** SSH to the servers. */
  ssh: SshConnection;
  /** SSH to the cluster's control planes. @default the same as to the servers */
  clusterSsh?: SshConnection;
}

/** Name of the batch: a pool of imported servers has only one. */
const BATCH = "imported";

/** Timeout of a server's reset in seconds, once it answers. */
const RESET_SECONDS = 300;

/** Workers on existing servers: bare metal, or any server that SSH and the cluster's nodes can reach. */
export class ImportedNodes extends pulumi.ComponentResource {
  /** Names and addresses of the nodes. They are known when all have joined. */
  readonly nodes: pulumi.Output<{ name: string; address: string }[]>;
  /** Value for `dependsOn` of resources that need all nodes of this pool. */
  readonly ready: Ready;
  readonly #owner: pulumi.Output<string>;

  constructor(name: string, args: ImportedNodesArgs, opts?: pulumi.ComponentResourceOptions) {
    validate(name, args);
    super("caravan:index:ImportedNodes", name, {}, opts);

    this.#owner = createOwner(name, { parent: this }).id;
    const servers = args.imported.map((server) => ({ ...server, id: importedId(server) }));
    const contacted = this.#contact(name, servers, args);
    const joins = servers.map((server) =>
      this.#join(name, { ...server, hostKey: server.hostKey ?? hostKeyOf(contacted, server.id) }, args),
    );
    const joined = pulumi
      .all(joins.map(({ id }) => id))
      .apply(() => servers.map((server) => ({ name: server.name, address: server.address })));
    this.#reconcile(name, joined, args);

    this.nodes = joined;
    this.ready = allReady([joined]);
    this.registerOutputs({ nodes: this.nodes });
  }

  /** Checks and prepares all servers while the control plane may still be starting. */
  #contact(name: string, machines: NodeMachine[], args: ImportedNodesArgs) {
    const owner = { OWNER: `${args.clusterName}/${args.pool}` };
    const input = pulumi.output(preparation(args).input).apply((common) => ({ ...common, ...owner }));
    return fanOut(
      `${name}-contact`,
      { machines, ssh: args.ssh, once: true, script: "importedPrepare", input, deadline: CONTACT_SECONDS, rsaHostKeys: true },
      { parent: this },
    );
  }

  /** Makes a server join. It has a command of its own, so that it can be reset by itself, even when the cluster is deleted. */
  #join(name: string, server: NodeMachine & { name: string }, args: ImportedNodesArgs) {
    const { endpoint, ca, controlPlanes } = args.join;
    const input = pulumi
      .all([endpoint, ca, commandsOf(args), preparation(args).input, args.join.restore])
      .apply(([api, ca, commands, prepared, restore]) =>
        workerInput({ ...args, preparation: prepared, batch: BATCH, endpoint: api, ca, commands, restore, openstackServer: false }),
      );
    const admission = this.#owner.apply((owner) => admissionInput({ ...args, batch: BATCH, owner }));
    return fanOut(
      `${name}-${server.name}`,
      {
        machines: [server],
        ssh: args.ssh,
        script: "importedJoin",
        input,
        deadline: JOIN_SECONDS,
        beforehand: {
          machines: controlPlanes,
          script: "admitNodes",
          input: admission,
          ...defined({ ssh: args.clusterSsh }),
          ...ADMISSION,
        },
        rolling: rolling({ ...args, size: 1 }, this.#owner),
        removal: { script: "importedReset", input: { OWNER: `${args.clusterName}/${args.pool}` }, deadline: RESET_SECONDS },
        triggers: [server.id],
      },
      { parent: this, deleteBeforeReplace: true },
    );
  }

  /** Labels and taints the Nodes. Drains and deletes those that are no longer wanted, before their servers are reset. */
  #reconcile(name: string, nodes: pulumi.Output<{ name: string }[]>, args: ImportedNodesArgs): void {
    const { controlPlanes, lifetime } = args.join;
    const input = pulumi.all([nodes, this.#owner]).apply(([all, owner]) =>
      reconcileInput(
        { ...args, batch: BATCH, owner },
        all.map((node) => node.name),
      ),
    );
    const ssh = args.clusterSsh ?? args.ssh;
    const deadline = reconcileSeconds(args);
    onFirst(
      `${name}-nodes`,
      { machines: controlPlanes, ssh, script: "reconcilePool", input, deadline, alsoOnDeletion: true },
      { parent: this, ...defined({ deletedWith: lifetime }) },
    );
  }
}

/** Returns the SSH connection to imported servers. The defaults are user root, port 22, and the key and bastion of the cluster's nodes. */
export function importedSsh(given: ImportedSshSettings = {}, cluster: SshConnection): SshConnection {
  const { user = "root", port = 22, privateKey = cluster.privateKey } = given;
  const through = cluster.bastion && { user: cluster.user, privateKey: cluster.privateKey, ...cluster.bastion };
  const bastion = given.bastion ?? through;
  return { user, port, privateKey, ...defined({ bastion }) };
}

function validate(name: string, args: ImportedNodesArgs): void {
  const problems = new Problems();
  checkImportedPool(args, problems);
  checkNodeSoftware(args, problems);
  problems.throwIfAny(`imported nodes "${name}"`);
}
