import { once } from "node:events";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { networkInterfaces } from "node:os";
import type { KeyPair } from "../../../lib/pki/key-pair.ts";

/** Kubelet that has figures of its node and of one pod, default/web: each has used one second of CPU more at each request. */
export class FakeKubelet {
  /** Address of this machine; the API takes none of the loopback for a node. */
  static readonly address = Object.values(networkInterfaces())
    .flat()
    .find((each) => each?.family === "IPv4" && !each.internal)?.address;

  readonly port: number;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  /** Starts a kubelet with a serving certificate. */
  static async start(pair: KeyPair): Promise<FakeKubelet> {
    let seconds = 100;
    const server = createServer({ cert: pair.certificate, key: pair.privateKey }, ({ url }, response) => {
      seconds += 1;
      if (url === "/metrics/resource") response.end(figures(seconds));
      else response.writeHead(404).end();
    });
    server.listen(0, FakeKubelet.address);
    await once(server, "listening");
    return new FakeKubelet(server);
  }

  /** Gives it another certificate, which it shows at the next connection. */
  show({ certificate, privateKey }: KeyPair): void {
    this.#server.setSecureContext({ cert: certificate, key: privateKey });
    this.#server.closeAllConnections();
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function figures(seconds: number): string {
  const now = Date.now();
  const web = '{container="web",namespace="default",pod="web"}';
  return [
    `node_cpu_usage_seconds_total ${seconds} ${now}`,
    `node_memory_working_set_bytes 1.5e+09 ${now}`,
    `container_cpu_usage_seconds_total${web} ${seconds} ${now}`,
    `container_memory_working_set_bytes${web} 5e+07 ${now}`,
    `container_start_time_seconds${web} 1.7e+09 ${now}`,
    "scrape_error 0\n",
  ].join("\n");
}
