import { once } from "node:events";
import { createServer as httpServer } from "node:http";
import { createServer as httpsServer } from "node:https";
import { type AddressInfo, connect } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { clusterAccess } from "../../../../clients/kubernetes/access.ts";
import { Kubernetes } from "../../../../clients/kubernetes/client.ts";
import { ApiClient } from "../../../../devcloud/plugins/kubernetes/api-client.ts";
import { clusterAccess as accessOfPlugin } from "../../../../devcloud/plugins/kubernetes/kubeconfig.ts";
import { createCa, createClient, createServer } from "../../../../lib/pki/certificates.ts";
import { kubeconfig } from "../../../../lib/pki/kubeconfig.ts";

/** Names that were asked of the proxy, which connects all to the server. */
const asked: string[] = [];
const proxy = httpServer();
let api: ReturnType<typeof httpsServer>;
let text: string;

beforeAll(async () => {
  const ca = await createCa("kubernetes");
  const server = await createServer(ca, { name: "api", hosts: ["api.invalid"], addresses: [], days: 1 });
  api = httpsServer({ cert: server.certificate, key: server.privateKey }, (_request, response) => void response.end('{"kind":"Status"}'));
  api.listen(0, "127.0.0.1");
  proxy.on("connect", ({ url }, client) => {
    asked.push(String(url));
    const socket = connect((api.address() as AddressInfo).port, "127.0.0.1", () => {
      client.write("HTTP/1.1 200 connected\r\n\r\n");
      socket.pipe(client).pipe(socket);
    });
  });
  proxy.listen(0, "127.0.0.1");
  await Promise.all([once(api, "listening"), once(proxy, "listening")]);
  const client = await createClient(ca, { user: "ann", groups: ["any"], days: 1 });
  const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  text = kubeconfig({ cluster: "demo", server: "https://api.invalid:6443", proxy: url, ca: ca.certificate, user: "ann", client });
});
afterAll(() => {
  api.close();
  proxy.close();
  api.closeAllConnections();
  proxy.closeAllConnections();
});

it("reaches an API by the proxy of its kubeconfig, in the library and in the stand-in plugin", async () => {
  expect(await new Kubernetes(clusterAccess(text)).get("/api")).toEqual({ kind: "Status" });
  const plugin = new ApiClient(accessOfPlugin(text, {}));
  expect(await plugin.send({ method: "GET", path: "/api", signal: AbortSignal.timeout(20_000) })).toEqual({ kind: "Status" });
  expect(asked).toEqual(["api.invalid:6443", "api.invalid:6443"]);
});
