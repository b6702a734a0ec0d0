import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { createCa, createClient, createServer as createServerPair } from "../../../lib/pki/certificates.ts";
import { kubeconfig } from "../../../lib/pki/kubeconfig.ts";

const SCRIPT = readFileSync(new URL("../../../lib/scripts/secrets-at-rest.py", import.meta.url), "utf8");

/** Stored values by namespace and name. */
const stored = new Map<string, string>();
/** Statuses with which the API answers the next patches of a Secret. */
const refusals = new Map<string, number[]>();
/** Key under which the API writes. */
let writes = "key2";
/** Requests that are cut off before they are answered. */
let cuts = 0;
const patches: string[] = [];

let folder: string;
let server: Server;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "secrets-"));
  const ca = await createCa("kubernetes");
  const own = await createServerPair(ca, { name: "server", hosts: ["localhost"], addresses: ["127.0.0.1"], days: 1 });
  server = createServer(
    { cert: own.certificate, key: own.privateKey, ca: ca.certificate, requestCert: true },
    async (request, response) => {
      const body = await text(request);
      if (cuts-- > 0) return void request.socket.destroy();
      const [status, answer] = request.method === "POST" ? [200, range(JSON.parse(body))] : patch(request.url!, body);
      response.writeHead(status as number).end(JSON.stringify(answer));
    },
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = await createClient(ca, { user: "kubernetes-admin", days: 1 });
  for (const path of ["etc/kubernetes/manifests", "run/caravan"]) mkdirSync(join(folder, path), { recursive: true });
  const write = (name: string, content: string) => writeFileSync(join(folder, "etc/kubernetes", name), content);
  write("ca.crt", ca.certificate);
  write("client.crt", client.certificate);
  write("client.key", client.privateKey);
  write("admin.conf", kubeconfig({ cluster: "demo", server: url, ca: ca.certificate, user: "kubernetes-admin", client }));
  const files = { cafile: "ca.crt", certfile: "client.crt", keyfile: "client.key" };
  const flags = Object.entries(files).map(([flag, name]) => `    - --etcd-${flag}=${join(folder, "etc/kubernetes", name)}`);
  // The first member is away.
  write(
    "manifests/kube-apiserver.yaml",
    ["    - kube-apiserver", ...flags, `    - --etcd-servers=https://127.0.0.1:1,${url}`, ""].join("\n"),
  );
  writeFileSync(join(folder, "tool.py"), SCRIPT.replaceAll(/"\/(etc|run)\//g, `"${folder}/$1/`));
});
beforeEach(() => {
  stored.clear();
  refusals.clear();
  patches.length = 0;
  [writes, cuts] = ["key2", 0];
});
afterEach(() => {
  // A private key is left nowhere.
  expect(readdirSync(join(folder, "run/caravan"))).toEqual([]);
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

const base64 = (value: string) => Buffer.from(value).toString("base64");
const plain = (value: string) => Buffer.from(value, "base64").toString();

function range({ key, range_end: end, limit }: { key: string; range_end: string; limit: number }) {
  const wanted = [...stored.keys()]
    .map((name) => `/registry/secrets/${name}`)
    .filter((name) => name >= plain(key) && name < plain(end))
    .sort();
  const storedAt = (name: string) => stored.get(name.replace("/registry/secrets/", ""))!;
  return {
    kvs: wanted.slice(0, limit).map((name) => ({ key: base64(name), value: base64(storedAt(name)) })),
    more: wanted.length > limit,
  };
}

function patch(url: string, body: string): [number, object] {
  const [, namespace, name] = /^\/api\/v1\/namespaces\/([^/]+)\/secrets\/([^/]+)$/.exec(url) ?? [];
  patches.push(`${namespace}/${name} ${body}`);
  const status = refusals.get(`${namespace}/${name}`)?.shift();
  if (status) return [status, { message: `refused with ${status}` }];
  if (!stored.has(`${namespace}/${name}`)) return [404, { message: "not found" }];
  stored.set(`${namespace}/${name}`, encrypted(writes));
  return [200, {}];
}

const encrypted = (key: string) => `k8s:enc:secretbox:v1:${key}:secret`;

function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const { promise, resolve } = Promise.withResolvers<{ code: number; stdout: string; stderr: string }>();
  execFile("python3", ["-I", join(folder, "tool.py"), ...args], (error, stdout, stderr) =>
    resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
  );
  return promise;
}

const quiet = { code: 0, stdout: "", stderr: "" };

it("names Secrets by the key that they are under, page after page", async () => {
  for (let index = 0; index < 120; index++) stored.set(`default/s${String(index).padStart(3, "0")}`, encrypted("key1"));
  stored.set("kube-system/plain", "k8s\0text");
  stored.set("kube-system/new", encrypted("key2"));
  const { stdout, ...rest } = await run("list", "key2");
  const lines = stdout.trimEnd().split("\n");
  expect(rest).toEqual({ code: 0, stderr: "" });
  expect([lines.length, lines[0], lines[119], lines[120]]).toEqual([121, "default/s000 key1", "default/s119 key1", "kube-system/plain -"]);
  expect(await run("list", "key1", "key2")).toEqual({ ...quiet, stdout: "kube-system/plain -\n" });
});

it("has those written anew that are not under the key, and no others", async () => {
  stored.set("default/a", encrypted("key1"));
  stored.set("default/b", encrypted("key2"));
  stored.set("default/c", "k8s\0text");
  expect(await run("rewrite", "key2", "60")).toEqual(quiet);
  expect(patches).toEqual(["default/a {}", "default/c {}"]);
  expect(await run("list", "key2")).toEqual(quiet);
  expect(await run("rewrite", "key2", "60")).toEqual(quiet);
  expect(patches).toHaveLength(2);
});

it("goes on after connections that were cut off, and tries again what was refused", async () => {
  for (const name of ["a", "b", "c"]) stored.set(`default/${name}`, encrypted("key1"));
  refusals.set("default/b", [503]);
  cuts = 2;
  expect(await run("rewrite", "key2", "60")).toMatchObject({ code: 0, stderr: "" });
  expect(patches).toEqual(["default/a {}", "default/b {}", "default/c {}", "default/b {}"]);
});

it("fails with the reason when one stays refused", async () => {
  stored.set("default/a", encrypted("key1"));
  refusals.set("default/a", Array(20).fill(403));
  expect(await run("rewrite", "key2", "60")).toEqual({
    code: 1,
    stdout: "",
    stderr: "1 Secrets are not under key2 yet (default/a: refused with 403)\n",
  });
});

it("fails when the API writes under another key", async () => {
  stored.set("default/a", encrypted("key1"));
  writes = "key1";
  expect(await run("rewrite", "key2", "60")).toEqual({
    code: 1,
    stdout: "",
    stderr: "1 Secrets are not under key2, although the API has written them: does each API server use key2?\n",
  });
});
