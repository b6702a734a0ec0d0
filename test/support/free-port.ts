import { once } from "node:events";
import { createServer } from "node:net";

/** Returns a port that nothing uses now, on all addresses of this machine. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("the system gave no port");
  return address.port;
}
