/** Program that runs inside the cloud's network and waits until each given port of 127.0.0.1 answers: `wait-for-ports.ts PORT...`. */
import { once } from "node:events";
import { connect } from "node:net";
import { poll } from "../poll.ts";

await Promise.all(process.argv.slice(2).map((port) => poll(`port ${port} answers`, 120, () => answers(Number(port)))));

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
