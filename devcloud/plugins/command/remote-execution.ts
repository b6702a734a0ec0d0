import type { Client, ClientChannel } from "ssh2";
import { endOnAbort, GRACE } from "../support/ending.ts";
import type { CommandInputs, Execution } from "./command-resource.ts";
import { type Connection, withSsh } from "./ssh-connection.ts";

export interface RemoteInputs extends CommandInputs {
  connection: Connection;
}

/** Runs a command on another machine. */
export async function executeRemotely({ command, inputs, environment, output, operation }: Execution<RemoteInputs>): Promise<void> {
  await withSsh(inputs.connection, operation, async (client) => {
    if (inputs.environment !== undefined) await requireEnvironment(client, inputs.environment, operation.signal);
    const channel = await execute(client, command, environment);
    channel.on("data", (chunk: Buffer) => output.take("stdout", chunk));
    channel.stderr.on("data", (chunk: Buffer) => output.take("stderr", chunk));
    channel.on("error", () => {}); // a command may end without reading its input
    channel.end(inputs.stdin ?? "");
    await ended(client, channel, operation.signal);
  });
}

/** Checks with a first command that the variables arrive: a server silently drops those that it does not accept. */
async function requireEnvironment(client: Client, environment: Record<string, string>, signal: AbortSignal): Promise<void> {
  const names = Object.keys(environment);
  const channel = await execute(client, names.map((name) => `test -n "\${${name}+set}"`).join(" && "), environment);
  channel.end().resume();
  try {
    await ended(client, channel, signal);
  } catch {
    signal.throwIfAborted();
    throw new Error(
      `could not set the environment variables ${names.join(", ")}: the SSH server must name them in AcceptEnv, or the command can set them itself as 'VAR=value command'`,
    );
  }
}

function execute(client: Client, command: string, environment: Record<string, string>): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    client.exec(command, { env: environment }, (error, channel) => (error ? reject(error) : resolve(channel)));
  });
}

/** Waits for the end of a command. When aborted, it ends the command, and then closes the connection. */
async function ended(client: Client, channel: ClientChannel, signal: AbortSignal): Promise<void> {
  const force = () => {
    endProcesses(client, "KILL");
    setTimeout(() => client.destroy(), GRACE).unref();
  };
  await endOnAbort(exit(client, channel), { ask: () => endProcesses(client, "TERM"), force }, signal);
}

/**
 * Ends everything that was started over this connection. Servers refuse SSH's own signals for root, and a closed connection leaves the
 * command running. But exactly the command's processes have this connection in their environment.
 */
function endProcesses(client: Client, signalName: "TERM" | "KILL"): void {
  const script = `for environment in /proc/[0-9]*/environ; do
  process=\${environment#/proc/}; process=\${process%/environ}
  if test "$process" != $$ && grep --quiet --null-data --line-regexp --fixed-strings "SSH_CONNECTION=$SSH_CONNECTION" "$environment"; then
    kill -${signalName} "$process"
  fi
done 2>/dev/null`;
  try {
    client.exec(script, (error, channel) => error ?? channel.resume());
  } catch {
    // the connection has ended meanwhile
  }
}

function exit(client: Client, channel: ClientChannel): Promise<void> {
  return new Promise((resolve, reject) => {
    let reason = "the connection was lost before the command ended";
    let good = false;
    channel.on("exit", (code: number | null, signalName?: string) => {
      good = code === 0;
      reason = code === null ? `Process exited with signal ${signalName}` : `Process exited with status ${code}`;
    });
    channel.on("close", () => (good ? resolve() : reject(new Error(reason))));
    client.on("error", (error) => reject(new Error(`the connection was lost: ${error.message}`)));
    client.on("close", () => reject(new Error(reason)));
  });
}
