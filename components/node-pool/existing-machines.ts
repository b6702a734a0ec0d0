import * as pulumi from "@pulumi/pulumi";
import { exists, tolerateFailure } from "../engine/settled.ts";
import { topologyOf } from "../openstack/machine.ts";
import { addressOf } from "../openstack/stable-port.ts";
import type { NodeMachine } from "../ssh/node-machine.ts";
import type { WorkerPort } from "./worker-port.ts";
import type { WorkerServer } from "./worker-server.ts";

/** Machine of a worker. */
export interface Worker {
  server: WorkerServer;
  /** Port that is made before the server. @default Nova makes it */
  port?: WorkerPort;
}

/** Existing and absent machines of a pool. Each machine can fail by itself. */
export interface ExistingMachines {
  /** Machines that exist. Resources that use them depend on no others. */
  machines: pulumi.Input<NodeMachine[]>;
  /** Names of resources whose machine is not known, because its creation, replacement or update failed. */
  absent: pulumi.Input<string[]>;
}

/**
 * Returns the machines that exist once the engine is done with all servers. In previews these are all, because none fails there.
 * @param labels labels that the user sets
 */
export function existingMachines(workers: ReadonlyMap<string, Worker>, labels?: Record<string, string>): ExistingMachines {
  // Only of machines that exist: the outputs of others fail.
  const all = [...workers].map(([resource, worker]) => ({ resource, ...worker, machine: () => machineOf(worker, labels) }));
  // One output shared by all consumers, so that each does not copy every machine.
  if (pulumi.runtime.isDryRun()) return { machines: pulumi.output(all.map(({ machine }) => machine())), absent: [] };
  for (const { server, port } of all) {
    tolerateFailure(server);
    if (port) tolerateFailure(port);
  }
  const known = Promise.all(all.map(async (each) => ({ ...each, exists: await exists(each.server) })));
  return {
    machines: pulumi.output(known.then((each) => each.flatMap(({ exists, machine }) => (exists ? machine() : [])))),
    absent: known.then((each) => each.flatMap(({ exists, resource }) => (exists ? [] : resource))),
  };
}

function machineOf({ server, port }: Worker, labels: Record<string, string> | undefined): NodeMachine {
  const { name, id, accessIpV4 } = server;
  return { name, id, address: port ? addressOf(port) : accessIpV4, topology: topologyOf(server, labels) };
}
