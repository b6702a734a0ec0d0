import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { serveApiTunnel } from "../../../clients/ssh/api-tunnel.ts";
import { createSshKey } from "../../../lib/ssh/key.ts";
import { freePort } from "../../support/free-port.ts";
import { SshServer } from "../../support/ssh-server.ts";

const { privateKey, publicKey } = createSshKey("test");
const AUTHORITY = "api.example.com:6443";

let folder: string;
let bastion: SshServer;
let node: SshServer;
/** Server in place of the API, which answers in capitals. */
let api: Server;
let port: number;
let tunnel: Parameters<typeof serveApiTunnel>[0];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "caravan-api-tunnel-"));
  const sshPort = await freePort();
  const start = (address: string, settings: string[]) =>
    SshServer.start({ folder: join(folder, address), address, port: sshPort, publicKey, settings });
  // As the library sets up its own bastions, and as hardened images are.
  bastion = await start("127.0.0.2", [`PermitOpen *:${sshPort}`, "AllowTcpForwarding local"]);
  node = await start("127.0.0.3", ["AllowTcpForwarding no"]);
  api = createServer((socket) => socket.on("data", (text) => socket.write(String(text).toUpperCase())).on("error", () => {}));
  api.listen(0, "127.0.0.1");
  await once(api, "listening");
  port = await freePort();
  tunnel = {
    port,
    authority: AUTHORITY,
    target: { host: "127.0.0.1", port: (api.address() as { port: number }).port },
    ssh: { user: "root", port: sshPort, privateKey, bastion: { host: "127.0.0.2", port: sshPort, hostKey: bastion.hostKey } },
    machines: [{ name: "node", address: "127.0.0.3", hostKey: node.hostKey }],
  };
});
afterAll(async () => {
  api.close();
  await bastion.stop();
  await node.stop();
  rmSync(folder, { recursive: true });
});

/** Opens a connection through the proxy. Returns its socket and the first line of the answer. */
async function open(authority: string): Promise<{ socket: Socket; status: string }> {
  const socket = connect(port, "127.0.0.1");
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
  const [answer] = await once(socket, "data");
  return { socket, status: String(answer).split("\r\n")[0]! };
}

async function echo(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  return String((await once(socket, "data"))[0]);
}

it("connects clients to the API through a bastion that forwards SSH alone, by a control plane that forwards nothing", async () => {
  await serveApiTunnel(tunnel);
  const [one, other] = await Promise.all([open(AUTHORITY), open(AUTHORITY)]);
  expect([one.status, other.status]).toEqual(["HTTP/1.1 200 connected", "HTTP/1.1 200 connected"]);
  expect([await echo(one.socket, "first"), await echo(other.socket, "second"), await echo(one.socket, "third")]).toEqual([
    "FIRST",
    "SECOND",
    "THIRD",
  ]);
  one.socket.end();
  other.socket.end();
});

it("closes a connection that the API closes, and that of a client", async () => {
  const { socket } = await open(AUTHORITY);
  await echo(socket, "text");
  const closed = once(socket, "close");
  const connections = () => new Promise((resolve) => api.getConnections((_error, count) => resolve(count)));
  await expect.poll(connections).toBe(1);
  socket.destroy();
  await closed;
  await expect.poll(connections, { timeout: 5000 }).toBe(0);
});

it("connects to nothing but the API", async () => {
  const { status } = await open("127.0.0.1:22");
  expect(status).toBe(`HTTP/1.1 403 this proxy connects to ${AUTHORITY} alone`);
});

it("takes the next control plane when one does not answer, and tells why none does", async () => {
  const silent = { name: "silent", address: "127.0.0.4", hostKey: node.hostKey };
  await serveApiTunnel({ ...tunnel, machines: [silent, ...tunnel.machines] });
  expect((await open(AUTHORITY)).status).toBe("HTTP/1.1 200 connected");
  const other = { ...tunnel.machines[0]!, hostKey: bastion.hostKey };
  await serveApiTunnel({ ...tunnel, machines: [silent, other] });
  const { status } = await open(AUTHORITY);
  expect(status).toMatch(
    /^HTTP\/1.1 502 no control plane connects to api.example.com:6443 \(silent: .+; node: .*[Hh]ost key verification failed/,
  );
});

it("waits for the port when another run of the cluster has it", async () => {
  const busy = await freePort();
  const first = createServer().listen(busy, "127.0.0.1");
  await once(first, "listening");
  let told = 0;
  await serveApiTunnel({ ...tunnel, port: busy }, () => {
    told += 1;
  });
  expect(told).toBe(1);
  first.close();
  const listens = () =>
    new Promise((resolve) => {
      const socket = connect(busy, "127.0.0.1", () => resolve(true)).on("error", () => resolve(false));
      socket.on("connect", () => socket.destroy());
    });
  await expect.poll(listens, { timeout: 5000 }).toBe(true);
});
