import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { createClient, createServer as createServerPair } from "../../lib/pki/certificates.ts";
import type { KeyPair } from "../../lib/pki/key-pair.ts";
import { kubeconfig } from "../../lib/pki/kubeconfig.ts";

interface KubernetesObject {
  metadata: { name: string; resourceVersion?: string };
}

/** Reads the body of a request; nothing when it has none. */
async function json(request: AsyncIterable<Buffer>): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return chunks.length === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString());
}

/** Kubernetes API with answers that tests give, for clients with a certificate of its CA. */
export class FakeKubernetesApi {
  /** Items of lists, other objects, or texts, by path. A path without one is answered with 404. */
  readonly answers = new Map<string, unknown[] | object | string>();
  /** Statuses with which the next requests to a path are refused. */
  readonly refusals = new Map<string, number[]>();
  /** Requests so far: "GET /api/v1/nodes?limit=250". */
  readonly requests: string[] = [];
  readonly administrator: KeyPair;
  readonly kubeconfig: string;
  readonly url: string;
  readonly #server: Server;

  private constructor(server: Server, ca: KeyPair, administrator: KeyPair) {
    this.#server = server;
    this.administrator = administrator;
    this.url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const subject = { cluster: "demo", server: this.url, user: "kubernetes-admin" };
    this.kubeconfig = kubeconfig({ ...subject, ca: ca.certificate, client: administrator });
    server.on("request", (request, response) => {
      const { method = "", url = "" } = request;
      this.requests.push(`${method} ${url}`);
      const { pathname } = new URL(url, this.url);
      void json(request).then(
        (body) => {
          const [status, text] = this.#write(method, pathname, body as KubernetesObject) ?? this.#answer(pathname);
          response.writeHead(status).end(text);
        },
        () => response.destroy(),
      );
    });
  }

  /** Starts an API. Its certificate is valid for these days. */
  static async start(ca: KeyPair, days = 365): Promise<FakeKubernetesApi> {
    const own = await createServerPair(ca, { name: "kube-apiserver", hosts: [], addresses: ["127.0.0.1"], days });
    const options = { cert: own.certificate, key: own.privateKey, ca: ca.certificate, requestCert: true, rejectUnauthorized: false };
    const server = createServer(options);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new FakeKubernetesApi(server, ca, await createClient(ca, { user: "kubernetes-admin", days: 365 }));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Keeps an object that is created or replaced, as the API does: with a new resourceVersion, and only if nobody has changed it meanwhile. */
  #write(method: string, path: string, body: KubernetesObject): [status: number, text: string] | undefined {
    if (method !== "POST" && method !== "PUT") return undefined;
    const refusal = this.refusals.get(path)?.shift();
    if (refusal) return [refusal, JSON.stringify({ message: "refused by the test" })];
    const own = method === "PUT" ? path : `${path}/${body.metadata.name}`;
    const before = this.answers.get(own) as KubernetesObject | undefined;
    if (method === "PUT" && !before) return [404, JSON.stringify({ message: "not found" })];
    if (method === "POST" ? before : before?.metadata.resourceVersion !== body.metadata.resourceVersion)
      return [409, JSON.stringify({ message: "conflict" })];
    const version = String(Number(before?.metadata.resourceVersion ?? 0) + 1);
    const kept = { ...body, metadata: { ...body.metadata, resourceVersion: version } };
    this.answers.set(own, kept);
    return [200, JSON.stringify(kept)];
  }

  #answer(path: string): [status: number, text: string] {
    const refusal = this.refusals.get(path)?.shift();
    const answer = this.answers.get(path);
    // An API server that is not ready answers with its report all the same.
    if (refusal)
      return [refusal, refusal === 500 && typeof answer === "string" ? answer : JSON.stringify({ message: "refused by the test" })];
    if (answer === undefined) return [404, JSON.stringify({ message: "not found" })];
    if (typeof answer === "string") return [200, answer];
    return [200, JSON.stringify(Array.isArray(answer) ? { items: answer } : answer)];
  }
}
