import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { send } from "../../../clients/openstack/transport.ts";

const folder = mkdtempSync(join(tmpdir(), "transport-"));
const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
const subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
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
