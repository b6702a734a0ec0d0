import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { virtualAddressFiles } from "../../../lib/control-plane/virtual-address.ts";

const args = { address: "10.40.0.5", port: 8443, peers: ["10.40.0.11", "10.40.0.12", "10.40.0.13"], secret: "secret" };
const files = virtualAddressFiles(args);
const content = (name: string) => files.find(({ path }) => path === `/etc/kubernetes/caravan/${name}`)?.content ?? "";

it("makes the settings of haproxy and keepalived, of which only root reads the one with a password", () => {
  expect(files.map(({ path, mode }) => `${mode} ${path}`)).toEqual([
    "0644 /etc/kubernetes/caravan/haproxy.cfg",
    "0600 /etc/kubernetes/caravan/keepalived.conf",
  ]);
});

it("forwards every address of the machine at the endpoint's port to all API servers that are ready, and keeps watches for an hour", () => {
  expect(content("haproxy.cfg")).toBe(readFileSync(new URL("../../golden/haproxy.cfg", import.meta.url), "utf8"));
});

it("lets any control plane hold the address, none before the others, listens to control planes alone, and marks what differs between machines", () => {
  expect(content("keepalived.conf")).toBe(readFileSync(new URL("../../golden/keepalived.conf", import.meta.url), "utf8"));
});

it("gives keepalived a password of eight characters that follows from the secret and does not tell it", () => {
  const passwordOf = (secret: string) => {
    const { content: text } = virtualAddressFiles({ ...args, secret }).find(({ path }) => path.endsWith("keepalived.conf"))!;
    expect(text).not.toContain(secret);
    return /auth_pass (\S+)\n/.exec(text)?.[1];
  };
  expect(passwordOf("secret")).toMatch(/^[A-Za-z0-9_-]{8}$/);
  expect(passwordOf("secret")).toBe(passwordOf("secret"));
  expect(passwordOf("secret")).not.toBe(passwordOf("another"));
});

it("gives a control plane that is alone the address itself for a peer, so that it listens to no group", () => {
  const alone = virtualAddressFiles({ ...args, peers: ["10.40.0.11"] }).find(({ path }) => path.endsWith("keepalived.conf"))!;
  expect(alone.content).toContain("    unicast_peer {\n        10.40.0.11\n        10.40.0.5\n    }\n");
});
