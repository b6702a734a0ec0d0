import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { virtualAddressFiles } from "../../lib/virtual-address.ts";

const files = virtualAddressFiles({ address: "10.40.0.5", port: 8443, peers: ["10.40.0.11", "10.40.0.12", "10.40.0.13"] });
const content = (name: string) => files.find(({ path }) => path === `/etc/kubernetes/caravan/${name}`)?.content ?? "";

it("makes the settings of haproxy and keepalived, without any secret", () => {
  expect(files.map(({ path, mode }) => `${mode} ${path}`)).toEqual([
    "0644 /etc/kubernetes/caravan/haproxy.cfg",
    "0644 /etc/kubernetes/caravan/keepalived.conf",
  ]);
});

it("forwards every address of the machine at the endpoint's port to all API servers that are ready, and keeps watches for an hour", () => {
  expect(content("haproxy.cfg")).toBe(readFileSync(new URL("../golden/haproxy.cfg", import.meta.url), "utf8"));
});

it("lets any control plane hold the address, none before the others, and only as marks what differs between machines", () => {
  expect(content("keepalived.conf")).toBe(readFileSync(new URL("../golden/keepalived.conf", import.meta.url), "utf8"));
});
