import * as pulumi from "@pulumi/pulumi";
import { isMade, tolerateFailure } from "../engine/settled.ts";
import type { NodeMachine } from "../ssh/node-machine.ts";
import type { WorkerServer } from "./worker-server.ts";

/** What a run knows of machines that fail each by itself. */
export interface MadeMachines {
  /** The machines that are there. What is made with them depends on them alone. */
  machines: pulumi.Input<NodeMachine[]>;
  /** Names of the resources whose machine is not: its creation, its replacement or a change of it failed. */
  absent: pulumi.Input<string[]>;
}

/** Those of some servers that are there once the engine is done with all of them; in previews all, because none fails there. */
export function madeMachines(servers: ReadonlyMap<string, WorkerServer>): MadeMachines {
  const all = [...servers].map(([resource, server]) => ({ resource, server, machine: machineOf(server) }));
  // One output for all who look at them, of whom each would else make its own of every machine.
  if (pulumi.runtime.isDryRun()) return { machines: pulumi.output(all.map(({ machine }) => machine)), absent: [] };
  for (const { server } of all) tolerateFailure(server);
  const known = Promise.all(all.map(async (each) => ({ ...each, isThere: await isMade(each.server) })));
  return {
    machines: pulumi.output(known.then((each) => each.flatMap(({ isThere, machine }) => (isThere ? machine : [])))),
    absent: known.then((each) => each.flatMap(({ isThere, resource }) => (isThere ? [] : resource))),
  };
}

function machineOf({ name, id, accessIpV4 }: WorkerServer): NodeMachine {
  return { name, id, address: accessIpV4 };
}
