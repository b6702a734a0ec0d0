import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { consoleKeys } from "../../../lib/ssh/console-keys.ts";
import { createSshKey } from "../../../lib/ssh/key.ts";
import { freePort } from "../../support/free-port.ts";
import { Host } from "./host.ts";
import type { Hosts } from "./hosts.ts";
import { type SshServer, serveSsh } from "./ssh-server.ts";

const key = createSshKey("test");
const folder = mkdtempSync(join(tmpdir(), "caravan-hosts-"));
const fate = { bootSeconds: 0, firstBootHangs: false, failingJoins: 0 };
const host = new Host({ name: "worker" } as Host["server"], fate);
// Every address of 127.0.0.0/8 is this machine on any Linux, as in the namespaces.
const hosts = {
  at: (address: string) => (address === "127.0.0.9" ? undefined : host),
  accepts: (_: Host, blob: Buffer) => blob.equals(Buffer.from(key.publicKey.split(" ")[1]!, "base64")),
} as unknown as Hosts;
let port: number;
let server: SshServer;

beforeAll(async () => {
  port = await freePort();
  writeFileSync(join(folder, "key"), key.privateKey, { mode: 0o600 });
  writeFileSync(join(folder, "other"), createSshKey("other").privateKey, { mode: 0o600 });
  server = await serveSsh(
    hosts,
    async (_, command, input, { print }) => {
      print(`${command}: ${input}`);
      if (command === "fail") throw new Error("as it was told");
    },
    port,
  );
});

afterAll(() => {
  server.stop();
  rmSync(folder, { recursive: true });
});

it("runs commands with their input for clients with the key", async () => {
  expect(await ssh("127.0.0.2", "key", "work")).toEqual({ code: 0, stderr: "work: input\n" });
  expect(await ssh("127.0.0.2", "key", "fail")).toEqual({ code: 1, stderr: "fail: input\nas it was told\n" });
});

it("refuses other keys, and closes the connection where no machine is", async () => {
  expect(await ssh("127.0.0.2", "other", "work")).toMatchObject({
    code: 255,
    stderr: expect.stringContaining("Permission denied (publickey)"),
  });
  expect(await ssh("127.0.0.9", "key", "work")).toMatchObject({ code: 255 });
});

it("forwards connections to other machines", async () => {
  const jump = ["-o", `ProxyCommand=ssh ${options("key").join(" ")} -W %h:%p root@127.0.0.3`];
  expect(await ssh("127.0.0.4", "key", "work", jump)).toEqual({ code: 0, stderr: "work: input\n" });
});

it("has its host key on its console", async () => {
  const { stdout } = await promisify(execFile)("ssh-keyscan", ["-t", "ed25519,ecdsa,rsa", "-p", String(port), "127.0.0.2"]);
  const shown = stdout.split("\n").filter((line) => line.startsWith("["));
  expect(shown.map((line) => line.split(" ").slice(1).join(" "))).toEqual(consoleKeys(host.console));
});

function options(identity: string): string[] {
  const settings = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "BatchMode=yes", "IdentityAgent=none", "LogLevel=ERROR"];
  return ["-F", "none", "-p", String(port), "-i", join(folder, identity), ...settings.flatMap((setting) => ["-o", setting])];
}

async function ssh(address: string, identity: string, command: string, more: string[] = []): Promise<{ code: number; stderr: string }> {
  const running = promisify(execFile)("ssh", [...options(identity), ...more, `root@${address}`, command]);
  running.child.stdin?.end("input");
  return running.then(
    ({ stderr }) => ({ code: 0, stderr }),
    ({ code, stderr }) => ({ code, stderr }),
  );
}
