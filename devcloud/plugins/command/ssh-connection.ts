import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "ssh2";
import type { Operation } from "../server/provider.ts";
import { DialError, openSsh, type SshHost } from "./ssh-host.ts";

export interface Connection extends SshHost {
  /** Host through which the connection goes. */
  proxy?: SshHost;
}

const FIRST_DELAY = 100; // milliseconds
const LONGEST_DELAY = 5000;

/** Connects, does the work, and closes every connection, also when the work fails. */
export async function withSsh<T>(connection: Connection, operation: Operation, work: (client: Client) => Promise<T>): Promise<T> {
  const clients = await dialUntilReached(connection, operation);
  try {
    return await work(clients.at(-1)!);
  } finally {
    close(clients);
  }
}

/** Dials until the host is reached. Each host has its own limit of failed attempts: a bastion may be up long before the host behind it. */
async function dialUntilReached(connection: Connection, operation: Operation): Promise<Client[]> {
  const failures = new Map<SshHost, number>();
  for (let delay = FIRST_DELAY; ; delay = Math.min(delay * 1.5, LONGEST_DELAY)) {
    try {
      return await dial(connection, operation.signal);
    } catch (error) {
      operation.signal.throwIfAborted();
      if (!(error instanceof DialError) || !error.temporary) throw error;
      const { host } = error;
      const count = (failures.get(host) ?? 0) + 1;
      failures.set(host, count);
      const limit = host.dialErrorLimit;
      if (limit >= 0 && count > limit) throw new Error(`after ${limit} failed attempts: ${error.message}`);
      operation.status(`Dial ${count}/${limit < 0 ? "inf" : limit} failed: retrying (${error.message})`);
    }
    await sleep(delay, undefined, { signal: operation.signal }).catch(() => operation.signal.throwIfAborted());
  }
}

/** Opens the connections: to the proxy, if one is given, and through it to the host. */
async function dial(connection: Connection, signal: AbortSignal): Promise<Client[]> {
  if (connection.proxy === undefined) return [await openSsh(connection, signal)];
  const proxy = await openSsh(connection.proxy, signal);
  try {
    return [proxy, await openSsh(connection, signal, await forward(proxy, connection))];
  } catch (error) {
    close([proxy]);
    throw error;
  }
}

function forward(proxy: Client, target: SshHost): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    proxy.forwardOut("127.0.0.1", 0, target.host, target.port, (error, stream) => {
      if (error) reject(new DialError(target, `from the proxy: ${error.message}`, true));
      else resolve(stream);
    });
  });
}

function close(clients: Client[]): void {
  for (const client of clients.toReversed()) client.end();
}
