import { tmpdir } from "node:os";
import { scriptFromInput } from "../../../lib/node/shell.ts";
import { batches } from "../../../lib/pool/node-keys.ts";
import { fanOut, type Order } from "../../support/fan-out.ts";
import type { Contender } from "./contender.ts";
import type { Machines } from "./machines.ts";

/** Seconds for each machine. */
const DEADLINE = 600;

/** Makes the library's fan-out a contender: batches as in a NodePool. Some run at once, each in a process of its own, as Pulumi runs commands. */
export function libraryFanOut(batchesAtOnce: number): Contender {
  return {
    title: "caravan",
    async run(machines, script) {
      const waiting = ordersFor(machines, script);
      await Promise.all(Array.from({ length: batchesAtOnce }, () => work(waiting)));
    },
  };
}

async function work(waiting: Order[]): Promise<void> {
  for (let order = waiting.shift(); order; order = waiting.shift()) {
    const { code, stderr } = await fanOut(order, { temporary: tmpdir() });
    if (code !== 0) throw new Error(`a fan-out failed with exit code ${code}: ${stderr.slice(-1000)}`);
  }
}

function ordersFor({ hosts, port, privateKey }: Machines, script: string): Order[] {
  const ssh = { user: "root", port, privateKey };
  const common = { ssh, command: scriptFromInput(ssh.user, DEADLINE), script, input: "", deadline: DEADLINE };
  const members = batches(hosts.map((_, ordinal) => String(ordinal))).values();
  return [...members].map((keys) => ({ ...common, hosts: keys.map((key) => hosts[Number(key)]!) }));
}
