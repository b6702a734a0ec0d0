import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { CloudCase, Outcome } from "./case.ts";

/** Run of a client: its folder, its environment and its settings. */
export interface CaseRun {
  folder: string;
  environment: Record<string, string>;
  settings: Record<string, string>;
}

/** Cloud of a case, which notes what a client asks for. */
export class Recorder {
  readonly folder = mkdtempSync(join(tmpdir(), "caravan-cloud-case-"));
  readonly #case: CloudCase;
  readonly #proxied: string[] = [];
  #auth: object | undefined;
  #endpoint: string | undefined;
  readonly #proxy = createServer((request, response) => {
    const { protocol, host } = new URL(request.url!);
    this.#proxied.push(`${request.method} ${protocol}//${host}`);
    void this.#answer(request, response);
  });
  #server!: Server;

  constructor(one: CloudCase) {
    this.#case = one;
  }

  /** Starts the cloud and its proxy, and writes the files. */
  async start(): Promise<CaseRun> {
    const answer = (request: IncomingMessage, response: ServerResponse) => void this.#answer(request, response);
    this.#server = this.#case.cloud === "https" ? createTlsServer(this.#certificate(), answer) : createServer(answer);
    await Promise.all([this.#server, this.#proxy].map(listen));
    for (const [path, text] of Object.entries(this.#case.files ?? {})) {
      const file = join(this.folder, path.replace("HOME", "home"));
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, this.#filled(text));
    }
    mkdirSync(join(this.folder, "home"), { recursive: true });
    const { environment = {}, settings = {} } = this.#case;
    const filled = (values: Readonly<Record<string, string>>) =>
      Object.fromEntries(Object.entries(values).map(([name, value]) => [name, this.#filled(value)]));
    return { folder: this.folder, environment: { HOME: join(this.folder, "home"), ...filled(environment) }, settings: filled(settings) };
  }

  stop(): void {
    for (const server of [this.#server, this.#proxy]) {
      server.closeAllConnections();
      server.close();
    }
    rmSync(this.folder, { recursive: true });
  }

  /** Sign-in and endpoint that the client used; `undefined` when a client failed before it found an endpoint. */
  get outcome(): Required<Outcome> | undefined {
    if (!this.#auth || !this.#endpoint) return undefined;
    return { auth: this.#auth, endpoint: this.#endpoint, proxied: [...new Set(this.#proxied)] };
  }

  get #url(): string {
    if (this.#case.cloud === "behind-proxy") return "http://cloud.test";
    return `${this.#case.cloud ?? "http"}://127.0.0.1:${portOf(this.#server)}`;
  }

  #filled(text: string): string {
    const proxy = `127.0.0.1:${portOf(this.#proxy)}`;
    return text.replaceAll("CLOUD_URL", this.#url).replaceAll("PROXY", `http://${proxy}`).replaceAll("HOSTPORT", proxy);
  }

  /** Makes a certificate, which is its own CA. */
  #certificate(): { key: Buffer; cert: Buffer } {
    const [key, cert] = [join(this.folder, "key.pem"), join(this.folder, "ca.pem")];
    const subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
    execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-keyout", key, "-out", cert, ...subject], {
      stdio: "ignore",
    });
    mkdirSync(join(this.folder, "home"), { recursive: true });
    writeFileSync(join(this.folder, "home", "ca.pem"), readFileSync(cert));
    return { key: readFileSync(key), cert: readFileSync(cert) };
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url!, this.#url);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const send = (status: number, body: object) =>
      response.writeHead(status, { "Content-Type": "application/json", "X-Subject-Token": "t0" }).end(JSON.stringify(body));
    if (request.method === "POST" && pathname === "/v3/auth/tokens") {
      this.#auth = JSON.parse(Buffer.concat(chunks).toString()).auth;
      return void send(201, { token: { catalog: this.#catalogue(), project: { id: "p0" }, expires_at: "2100-01-01T00:00:00.000000Z" } });
    }
    if (pathname.endsWith("/flavors/f1/os-extra_specs")) return void send(200, { extra_specs: {} });
    const [, endpoint] = /^\/compute\/([a-z-]+)\/flavors\/detail$/.exec(pathname) ?? [];
    if (!endpoint)
      return void send(300, {
        versions: { values: [{ id: "v3.14", status: "stable", links: [{ rel: "self", href: `${this.#url}/v3/` }] }] },
      });
    this.#endpoint = endpoint;
    const flavor = { id: "f1", name: "small", vcpus: 1, ram: 1, disk: 1, swap: 0, rxtx_factor: 1, "os-flavor-access:is_public": true };
    send(200, { flavors: [flavor] });
  }

  #catalogue(): object[] {
    const endpoints = (this.#case.regions ?? ["one", "two"]).flatMap((region) =>
      ["public", "internal", "admin"].map((kind) => ({
        interface: kind,
        region,
        region_id: region,
        url: `${this.#url}/compute/${region}-${kind}`,
      })),
    );
    return [{ id: "compute", name: "nova", type: "compute", endpoints }];
  }
}

async function listen(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
