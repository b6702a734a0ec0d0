import { once } from "node:events";
import { createConnection, createServer, type Server, type Socket } from "node:net";
import { freePort } from "../../support/free-port.ts";

/** Port that forwards to another one while it is open. Closed, it is like a server that does not run yet or any more. */
export class Relay {
  readonly port: number;
  readonly #target: number;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;

  private constructor(port: number, target: number) {
    this.port = port;
    this.#target = target;
  }

  static async to(target: number): Promise<Relay> {
    return new Relay(await freePort(), target);
  }

  async open(): Promise<void> {
    this.#server = createServer((socket) => {
      const onward = createConnection(this.#target, "127.0.0.1");
      for (const end of [socket, onward]) {
        this.#sockets.add(end);
        end.on("error", () => {}); // the other end is closed, too
        end.on("close", () => [socket, onward].forEach((each) => void each.destroy()));
      }
      socket.pipe(onward).pipe(socket);
    }).listen(this.port, "127.0.0.1");
    await once(this.#server, "listening");
  }

  close(): void {
    this.#server?.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}
