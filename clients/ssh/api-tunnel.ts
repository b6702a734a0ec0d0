import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, openSync, rmSync, unlinkSync, writeFileSync, writeSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { relayCommand, type TunnelMachine, type TunnelSsh, tunnelKnownHosts, tunnelSettings } from "../../lib/ssh/tunnel.ts";

/** Tunnel to an API that only machines behind a bastion reach. */
export interface ApiTunnel {
  /** Port of the proxy on this machine. */
  port: number;
  /** `host:port` by which clients name the API. The proxy connects to nothing else. */
  authority: string;
  /** Host and port at which the machines reach the API. */
  target: { host: string; port: number };
  ssh: TunnelSsh;
  /** Machines that open the connections; the first one that can. */
  machines: readonly TunnelMachine[];
}

/** Seconds between two attempts to listen at a port that another process has: a run of the same cluster, which ends. */
const LISTEN_SECONDS = 1;

/** Tunnels of this process by port, each as its last run wants it. */
const tunnels = new Map<number, ApiTunnel & { config: string }>();

/**
 * Serves an HTTP proxy on this machine that connects to one API by SSH. It ends with this process, and does not keep it running. A second call
 * for the same port changes the tunnel. Calls `onBusy` when another process listens there; this one takes over when that ends.
 */
export async function serveApiTunnel(tunnel: ApiTunnel, onBusy: () => void = () => {}): Promise<void> {
  const { port } = tunnel;
  const isServed = tunnels.has(port);
  tunnels.set(port, { ...tunnel, config: writeClient(tunnel) });
  if (!isServed) await listen(port, onBusy);
}

function listen(port: number, onBusy?: () => void): Promise<void> {
  const server = createServer((_request, response) => void response.writeHead(405).end());
  server.on("connect", (request: IncomingMessage, socket: Duplex) => void connect(port, request, socket));
  return new Promise((resolve, reject) => {
    server.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EADDRINUSE") return reject(error);
      onBusy?.();
      setTimeout(() => void listen(port), LISTEN_SECONDS * 1000).unref();
      resolve();
    });
    server.listen(port, "127.0.0.1", () => resolve(endWithProcess(server)));
  });
}

function endWithProcess(server: Server): void {
  server.unref();
  // Open connections would keep the process, too.
  server.on("connection", (socket) => socket.unref());
}

async function connect(port: number, { url }: IncomingMessage, client: Duplex): Promise<void> {
  client.on("error", () => {});
  const { authority, target, machines, config } = tunnels.get(port)!;
  if (url !== authority) return void client.end(`HTTP/1.1 403 this proxy connects to ${authority} alone\r\n\r\n`);
  const reasons: string[] = [];
  for (const { name } of machines) {
    const reason = await relay(client, ["-F", config, name, relayCommand(target.host, target.port)]);
    if (reason === undefined) return;
    reasons.push(`${name}: ${reason}`);
  }
  client.end(`HTTP/1.1 502 no control plane connects to ${authority} (${reasons.join("; ")})\r\n\r\n`);
}

/** Connects a client to what an SSH session reaches. Returns why the session does not, or `undefined` once it does. */
function relay(client: Duplex, args: readonly string[]): Promise<string | undefined> {
  const child = spawn("ssh", args, { stdio: "pipe" });
  for (const handle of [child, child.stdin, child.stdout, child.stderr]) (handle as { unref?: () => void }).unref?.();
  let problem = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    problem = (problem + text).slice(-300);
  });
  child.stdin.on("error", () => {});
  client.on("close", () => child.kill());
  return new Promise((resolve) => {
    let isConnected = false;
    child.on("error", ({ message }) => resolve(message));
    child.on("close", (code) => {
      if (isConnected) client.destroy();
      else resolve(problem.trim().replaceAll(/\s+/g, " ") || `no connection to the API (${code})`);
    });
    child.stdout.once("data", (first: Buffer) => {
      isConnected = true;
      client.write("HTTP/1.1 200 connected\r\n\r\n");
      // The first line tells of the connection alone.
      if (first.length > 1) client.write(first.subarray(1));
      child.stdout.pipe(client);
      client.pipe(child.stdin);
      resolve(undefined);
    });
  });
}

/** Writes the files of the SSH client, and returns the path of its settings. */
function writeClient({ ssh, machines }: ApiTunnel): string {
  const folder = mkdtempSync(join(tmpdir(), "caravan-tunnel-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const { privateKey, bastion } = ssh;
  const key = keyFile(join(folder, "key"), privateKey);
  const bastionKey = bastion.privateKey === undefined ? key : keyFile(join(folder, "bastion-key"), bastion.privateKey);
  const files = { key, bastionKey, knownHosts: join(folder, "known") };
  writeFileSync(files.knownHosts, tunnelKnownHosts(ssh, machines));
  const config = join(folder, "config");
  writeFileSync(config, tunnelSettings(ssh, machines, files));
  return config;
}

/** Writes a private key for ssh and returns its path. Where the system allows, the file has no name, and so ends with this process. */
function keyFile(path: string, key: string): string {
  const file = openSync(path, "wx", 0o600);
  const isNameless = existsSync(`/proc/self/fd/${file}`);
  if (isNameless) unlinkSync(path);
  writeSync(file, key);
  return isNameless ? `/proc/${process.pid}/fd/${file}` : path;
}
