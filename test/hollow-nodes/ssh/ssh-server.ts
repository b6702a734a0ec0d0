import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import ssh2, { type AuthContext, type Connection, type PublicKeyAuthContext, type ServerChannel } from "ssh2";
import type { Host } from "./host.ts";
import type { Hosts } from "./hosts.ts";

/** Output of a command. */
export interface Output {
  /** Prints a line on standard output. */
  answer: (line: string) => void;
  /** Prints a line on standard error. */
  print: (line: string) => void;
}

/** Answers a command over SSH. An error that it throws is the command's failure. */
export type Execute = (host: Host, command: string, input: string, output: Output) => Promise<void>;

export interface SshServer {
  stop(): void;
}

/**
 * Starts one SSH server for all machines. The called address selects the machine: in the namespace, all addresses belong to this machine.
 */
export async function serveSsh(hosts: Hosts, execute: Execute, port = 22): Promise<SshServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => {});
    const host = hosts.at(socket.localAddress ?? "");
    // A missing machine would refuse the connection. One port for all can only reset it.
    if (host) serve(host, socket, hosts, execute);
    else socket.resetAndDestroy();
  });
  server.listen(port, "0.0.0.0");
  await once(server, "listening");
  return { stop: () => stop(server, sockets) };
}

function stop(server: Server, sockets: Set<Socket>): void {
  server.close();
  for (const socket of sockets) socket.destroy();
}

function serve(host: Host, socket: Socket, hosts: Hosts, execute: Execute): void {
  const server = new ssh2.Server({ hostKeys: [host.hostKey] }, (connection) => {
    connection.on("error", () => {}); // clients may close at any time
    connection.on("authentication", (attempt) => authenticate(attempt, (key) => hosts.accepts(host, key)));
    connection.on("session", (accept) => {
      accept().on("exec", (acceptCommand, _, { command }) => run(host, command, acceptCommand(), execute));
    });
    forward(connection);
  });
  server.injectSocket(socket);
}

function authenticate(attempt: AuthContext, accepts: (key: Buffer) => boolean): void {
  if (attempt.method !== "publickey" || attempt.username !== "root" || !accepts(attempt.key.data)) attempt.reject(["publickey"]);
  // Without a signature, the client only asks whether the key would be accepted.
  else if (!attempt.signature || isSigned(attempt)) attempt.accept();
  else attempt.reject();
}

function isSigned({ key: { data }, blob, signature, hashAlgo }: PublicKeyAuthContext): boolean {
  const key = ssh2.utils.parseKey(data);
  return !(key instanceof Error) && key.verify(blob!, signature!, hashAlgo) === true;
}

/** Forwards connections through this machine to others, as a bastion does. */
function forward(connection: Connection): void {
  connection.on("tcpip", (accept, reject, { destIP, destPort }) => {
    const target = connect({ host: destIP, port: destPort });
    target.on("error", () => reject());
    target.on("connect", () => {
      target.removeAllListeners("error").on("error", () => {});
      const channel = accept();
      channel.on("error", () => {}).on("close", () => target.destroy());
      target.on("close", () => channel.destroy());
      channel.pipe(target).pipe(channel);
    });
  });
}

function run(host: Host, command: string, channel: ServerChannel, execute: Execute): void {
  const chunks: Buffer[] = [];
  channel.on("error", () => {}).on("data", (chunk: Buffer) => chunks.push(chunk));
  channel.on("end", async () => {
    const print = (line: string) => void channel.stderr.write(`${line}\n`);
    const answer = (line: string) => void channel.write(`${line}\n`);
    const code = await execute(host, command, Buffer.concat(chunks).toString(), { answer, print }).then(
      () => 0,
      (error: Error) => {
        print(error.message);
        return 1;
      },
    );
    channel.exit(code);
    channel.end();
  });
}
