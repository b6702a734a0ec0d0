import { expect, it } from "vitest";
import { isBehindBastion } from "../../../lib/api-endpoint/private.ts";
import type { ApiEndpointSettings } from "../../../lib/api-endpoint/settings.ts";

const bastion = { host: "192.0.2.1", hostKey: "ssh-ed25519 AAAA" };
const own = { cidr: "10.40.0.0/16", externalNetwork: "public" };
const adopted = { cidr: "10.40.0.0/16", adopt: { networkId: "n", subnetId: "s" } };

it.each([
  ["a virtual address without a floating IP", { type: "vip", floatingIp: false }, own, true],
  ["a load balancer without a floating IP", { type: "octavia", floatingIp: false }, own, true],
  ["a load balancer in a network without an external one", { type: "octavia" }, adopted, true],
  ["a virtual address with a floating IP", { type: "vip" }, own, false],
  ["a floating IP", { type: "floatingIp" }, own, false],
  ["an address of somebody else's", { type: "external", host: "192.0.2.7" }, own, false],
] as const)("tells whether the API is behind a bastion alone: %s", (_title, endpoint, network, expected) => {
  const apiEndpoint = { ...endpoint, allowedCidrs: ["198.51.100.0/24"] } as ApiEndpointSettings;
  expect(isBehindBastion({ apiEndpoint, network, ssh: { bastion } })).toBe(expected);
  // Without a bastion, the machine that runs Pulumi must be in the nodes' network.
  expect(isBehindBastion({ apiEndpoint, network, ssh: {} })).toBe(false);
});
