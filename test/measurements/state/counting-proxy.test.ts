import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { CountingProxy } from "./counting-proxy.ts";

const store = createServer((asked, answer) => {
  const chunks: Buffer[] = [];
  asked.on("data", (chunk: Buffer) => chunks.push(chunk));
  asked.on("end", () => answer.writeHead(201, { etag: "1" }).end(`${asked.method} ${asked.url} ${Buffer.concat(chunks).length}`));
});
let proxy: CountingProxy;

afterEach(() => {
  proxy.stop();
  store.close();
});

test("requests and answers pass unchanged, and each request is counted once by kind", async () => {
  await new Promise<void>((resolve) => void store.listen(0, "127.0.0.1", resolve));
  proxy = new CountingProxy((store.address() as AddressInfo).port, 1);
  await proxy.start();
  const send = (method: string, options: RequestInit = {}) => fetch(`http://127.0.0.1:${proxy.port}/state/a?b=c`, { method, ...options });

  const written = await send("PUT", { body: Buffer.alloc(2_000_000) });
  expect([written.status, written.headers.get("etag"), await written.text()]).toEqual([201, "1", "PUT /state/a?b=c 2000000"]);
  await send("PUT", { headers: { "x-amz-copy-source": "state/b" } });
  await send("GET");
  await send("DELETE");
  expect(proxy.take()).toEqual({ puts: 1, copies: 1, others: 2, megabytes: 2 });
  expect(proxy.take()).toEqual({ puts: 0, copies: 0, others: 0, megabytes: 0 });
});
