import * as pulumi from "@pulumi/pulumi";
import { exists, tolerateFailure } from "../engine/settled.ts";
import type { NodeMachine } from "../ssh/node-machine.ts";
import type { WorkerServer } from "./worker-server.ts";

/** Existing and absent machines of a pool. Each machine can fail by itself. */
export interface ExistingMachines {
  /** Machines that exist. Resources that use them depend on no others. */
  machines: pulumi.Input<NodeMachine[]>;
  /** Names of resources whose machine is not known, because its creation, replacement or update failed. */
  absent: pulumi.Input<string[]>;
}

/** Returns the machines that exist once the engine is done with all servers. In previews these are all, because none fails there. */
export function existingMachines(servers: ReadonlyMap<string, WorkerServer>): ExistingMachines {
  const all = [...servers].map(([resource, server]) => ({ resource, server, machine: machineOf(server) }));
  // One output shared by all consumers, so that each does not copy every machine.
  if (pulumi.runtime.isDryRun()) return { machines: pulumi.output(all.map(({ machine }) => machine)), absent: [] };
  for (const { server } of all) tolerateFailure(server);
  const known = Promise.all(all.map(async (each) => ({ ...each, exists: await exists(each.server) })));
  return {
    machines: pulumi.output(known.then((each) => each.flatMap(({ exists, machine }) => (exists ? machine : [])))),
    absent: known.then((each) => each.flatMap(({ exists, resource }) => (exists ? [] : resource))),
  };
}

function machineOf({ name, id, accessIpV4 }: WorkerServer): NodeMachine {
  return { name, id, address: accessIpV4 };
}
