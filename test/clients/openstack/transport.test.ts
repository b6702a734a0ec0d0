import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer as createProxy } from "node:http";
import { createServer } from "node:https";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { ProxyRefusal, send } from "../../../clients/openstack/transport.ts";

const folder = mkdtempSync(join(tmpdir(), "transport-"));
const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
const subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1,DNS:cloud.test"];
execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-keyout", key, "-out", cert, ...subject], {
  stdio: "ignore",
});

const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
  if (request.url === "/never") return;
  response.writeHead(418, { "X-Kind": "teapot" }).end("short and stout");
});
const url = () => `https://127.0.0.1:${(server.address() as AddressInfo).port}`;

beforeAll(async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

it("trusts a given CA", async () => {
  const tls = { ca: readFileSync(cert), rejectUnauthorized: true };
  const { status, headers, text } = await send({ method: "GET", url: url() }, tls, 10);
  expect([status, headers["x-kind"], text]).toEqual([418, "teapot", "short and stout"]);
});

it("trusts no other CA unless verification is off", async () => {
  await expect(send({ method: "GET", url: url() }, { rejectUnauthorized: true }, 10)).rejects.toThrow("self-signed certificate");
  expect(await send({ method: "GET", url: url() }, { rejectUnauthorized: false }, 10)).toMatchObject({ status: 418 });
});

it("times out when a service does not answer", async () => {
  await expect(send({ method: "GET", url: `${url()}/never` }, { rejectUnauthorized: false }, 0.2)).rejects.toThrow(
    "no answer within 0.2 s",
  );
});

it("trusts the CAs of the machine, as Pulumi's plugins do", async () => {
  const transport = new URL("../../../clients/openstack/transport.ts", import.meta.url);
  const program = `import { send } from ${JSON.stringify(transport.href)};
    console.log((await send({ method: "GET", url: ${JSON.stringify(url())} }, { rejectUnauthorized: true }, 10)).status);`;
  const options = { env: { ...process.env, SSL_CERT_FILE: cert } };
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", program], options);
  expect(stdout).toBe("418\n");
});

describe("through a proxy", () => {
  let asked: string[];

  /** Starts a proxy that connects each name to the server, or refuses to. */
  async function startProxy(refusal?: string): Promise<void> {
    asked = [];
    const proxy = createProxy().on("connect", (request, socket) => {
      asked.push(`${request.url} ${request.headers["proxy-authorization"] ?? ""}`.trim());
      if (refusal) return void socket.end(`HTTP/1.1 ${refusal}\r\n\r\n`);
      const upstream = connect((server.address() as AddressInfo).port, "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 Connected\r\n\r\n");
        upstream.pipe(socket).pipe(upstream);
      });
    });
    await promisify((done: () => void) => proxy.listen(0, "127.0.0.1", done))();
    vi.stubEnv("NO_PROXY", undefined);
    vi.stubEnv("no_proxy", undefined);
    vi.stubEnv("HTTPS_PROXY", `http://ann:s%40cret@127.0.0.1:${(proxy.address() as AddressInfo).port}`);
    onTestFinished(() => {
      proxy.closeAllConnections();
      proxy.close();
      vi.unstubAllEnvs();
    });
  }

  it("reaches a server by its name, whose certificate is checked", async () => {
    await startProxy();
    const ca = readFileSync(cert);
    expect(await send({ method: "GET", url: "https://cloud.test:8774/" }, { ca, rejectUnauthorized: true }, 10)).toMatchObject({
      status: 418,
    });
    await expect(send({ method: "GET", url: "https://other.test/" }, { ca, rejectUnauthorized: true }, 10)).rejects.toThrow(
      "Hostname/IP does not match certificate's altnames",
    );
    const authorization = `Basic ${Buffer.from("ann:s@cret").toString("base64")}`;
    expect(asked).toEqual([`cloud.test:8774 ${authorization}`, `other.test:443 ${authorization}`]);
  });

  it("names a proxy that does not connect", async () => {
    await startProxy("407 Proxy Authentication Required");
    const refused = send({ method: "GET", url: "https://cloud.test/" }, { rejectUnauthorized: true }, 10);
    await expect(refused).rejects.toThrow(
      /^the proxy 127\.0\.0\.1:\d+ does not connect to cloud\.test: 407 Proxy Authentication Required$/,
    );
    await expect(refused).rejects.toBeInstanceOf(ProxyRefusal);
  });
});
