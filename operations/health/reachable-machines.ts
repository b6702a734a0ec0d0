import { gunzipSync } from "node:zlib";
import type { FanOutOrder, OrderConnection, OrderHost } from "../../lib/ssh/fan-out-order.ts";
import { revealed } from "../state/secret-values.ts";
import { type StateResource, typeOf } from "../state/stack-state.ts";
import { COMPONENTS } from "../state/types.ts";

/** Components whose machines have etcd or certificates of their own making. */
const ASKED: readonly string[] = [COMPONENTS.controlPlane, COMPONENTS.etcd];

/** Machines with the SSH connection and the host keys that the stack's last run used. */
export interface Reachable {
  isControlPlane: boolean;
  ssh: OrderConnection;
  hosts: readonly OrderHost[];
}

/** Returns control planes and machines of etcd as the stack's last run reached them, by a state with plain secrets. */
export function reachableMachines(resources: readonly StateResource[]): Reachable[] {
  return resources.flatMap(reachableBy);
}

/** Returns the machines in the order of the command that runs on the first of a component's machines. */
function reachableBy({ type, parent = "", inputs }: StateResource): Reachable[] {
  if (type !== "command:local:Command" || !ASKED.includes(typeOf(parent))) return [];
  const stdin = revealed(inputs?.stdin);
  const order = typeof stdin === "string" ? orderIn(stdin) : undefined;
  return order?.hosts.length === 0 && order.afterwards
    ? [{ isControlPlane: typeOf(parent) === COMPONENTS.controlPlane, ssh: order.ssh, hosts: order.afterwards.hosts }]
    : [];
}

function orderIn(stdin: string): FanOutOrder | undefined {
  try {
    return (JSON.parse(gunzipSync(Buffer.from(stdin, "base64")).toString()) as { order?: FanOutOrder }).order;
  } catch {
    // Somebody else's command.
    return undefined;
  }
}
