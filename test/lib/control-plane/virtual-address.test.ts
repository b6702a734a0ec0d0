import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { keepalivedPassword, virtualAddressFiles } from "../../../lib/control-plane/virtual-address.ts";

const args = {
  address: "10.40.0.5",
  port: 8443,
  peers: ["10.40.0.11", "10.40.0.12", "10.40.0.13"],
  password: keepalivedPassword("secret"),
};
const files = virtualAddressFiles(args);
const content = (name: string) => files.find(({ path }) => path === `/etc/kubernetes/caravan/${name}`)?.content ?? "";

it("makes the settings of haproxy and keepalived; only root can read those with the password", () => {
  expect(files.map(({ path, mode }) => `${mode} ${path}`)).toEqual([
    "0644 /etc/kubernetes/caravan/haproxy.cfg",
    "0600 /etc/kubernetes/caravan/keepalived.conf",
  ]);
});

it("forwards the endpoint's port of every address to all API servers that are ready, and keeps watches for an hour", () => {
  expect(content("haproxy.cfg")).toBe(readFileSync(new URL("../../golden/haproxy.cfg", import.meta.url), "utf8"));
});

it("lets any control plane hold the address equally, accepts control planes alone, and has placeholders for machines' facts", () => {
  expect(content("keepalived.conf")).toBe(readFileSync(new URL("../../golden/keepalived.conf", import.meta.url), "utf8"));
});

it("derives a password of eight characters from the secret, which does not reveal it", () => {
  expect(keepalivedPassword("secret")).toMatch(/^[A-Za-z0-9_-]{8}$/);
  expect(keepalivedPassword("secret")).toBe(keepalivedPassword("secret"));
  expect(keepalivedPassword("secret")).not.toBe(keepalivedPassword("another"));
});

it("gives a sole control plane the virtual address as its peer, so that it listens to no multicast group", () => {
  const alone = virtualAddressFiles({ ...args, peers: ["10.40.0.11"] }).find(({ path }) => path.endsWith("keepalived.conf"))!;
  expect(alone.content).toContain("    unicast_peer {\n        10.40.0.11\n        10.40.0.5\n    }\n");
});
