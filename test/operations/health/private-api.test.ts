import { request } from "node:http";
import { expect, it } from "vitest";
import { fanOutInput } from "../../../lib/ssh/fan-out.ts";
import { createSshKey } from "../../../lib/ssh/key.ts";
import { openPrivateApi } from "../../../operations/health/private-api.ts";
import { freePort } from "../../support/free-port.ts";
import { resource, urnOf } from "../../support/stack-state.ts";

const access = (proxy?: string) => ({
  server: "https://10.40.0.5:6443",
  headers: {},
  tls: { rejectUnauthorized: true },
  ...(proxy ? { proxy } : {}),
});

/** Has the proxy at a port connect to an address. Returns what it says. */
function connectBy(port: number, authority: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  request({ host: "127.0.0.1", port, method: "CONNECT", path: authority, agent: false })
    .on("connect", ({ statusCode, statusMessage }) => resolve(`${statusCode} ${statusMessage}`))
    .on("error", ({ message }) => resolve(message))
    .end();
  return promise;
}

it("serves the proxy that the kubeconfig of an API behind the bastion names, for that API alone", async () => {
  const bastion = { host: "203.0.113.9", hostKey: "ssh-ed25519 AAAA" };
  const ssh = { user: "root", port: 22, privateKey: createSshKey("test").privateKey, bastion };
  const task = { command: "exit 1", script: "", input: "", deadline: 1 };
  const hosts = [{ name: "cp-0", id: "id-0", address: "10.40.0.10", hostKey: "ssh-ed25519 BBBB" }];
  const stdin = fanOutInput({ ssh, hosts: [], afterwards: { ...task, hosts } });
  const members = { ...resource("Command", "demo-members"), parent: urnOf("ControlPlane", "demo"), inputs: { stdin } };
  const port = await freePort();
  await openPrivateApi(access(), [members]);
  await openPrivateApi(access(`http://127.0.0.1:${port}`), []);
  expect(await connectBy(port, "10.40.0.5:6443")).toContain("ECONNREFUSED");
  await openPrivateApi(access(`http://127.0.0.1:${port}`), [members]);
  expect(await connectBy(port, "10.40.0.6:6443")).toBe("403 this proxy connects to 10.40.0.5:6443 alone");
});
