import { expect, it } from "vitest";
import { apiCidrs, bastionRules, controlPlaneRules, nodeAccess, nodeNetworks, nodeRules } from "../../../lib/network/security-rules.ts";
import type { NetworkSettings } from "../../../lib/network/settings.ts";

const CIDR = "10.40.0.0/16";
const own = { cidr: CIDR, externalNetwork: "public" };
const adopted = { cidr: CIDR, adopt: { networkId: "n", subnetId: "s" } };
const servers = (...addresses: string[]) => ({ imported: addresses.map((address) => ({ name: "s", address })) });
const rulesFor = (network: NetworkSettings, pools = {}) => nodeRules(nodeAccess(network, pools), 22);

const internal = { name: "internal", cidr: CIDR };
const members = { name: "members" };
const ssh = { name: "ssh-10-40-0-0-16", cidr: CIDR, protocol: "tcp", port: 22 };

it("opens nodes in a network of their own to each other by one rule", () => {
  expect(rulesFor(own, { web: { count: 1000 } })).toEqual([internal]);
});

it("opens nodes in a shared network to each other by security group, and to others only for SSH", () => {
  expect(rulesFor(adopted)).toEqual([members, ssh]);
});

it("opens the NodePorts of Services, and nothing else, to the networks that are named", () => {
  const name = "203-0-113-0-24";
  const rule = { cidr: "203.0.113.0/24", port: [30_000, 32_767] };
  expect(rulesFor({ ...own, nodePortCidrs: [rule.cidr] })).toEqual([
    internal,
    { ...rule, name: `node-ports-${name}`, protocol: "tcp" },
    { ...rule, name: `node-ports-udp-${name}`, protocol: "udp" },
  ]);
});

it("opens a shared network as a whole only on request", () => {
  expect(rulesFor({ ...adopted, openTo: "network" })).toEqual([internal]);
  expect(rulesFor({ ...adopted, openTo: "nodes" })).toEqual([members, ssh]);
});

it("lets in nodes of pools in other networks: by those networks when given, or else by security group", () => {
  const pools = { far: { count: 2, network: { networkId: "other", subnetId: "far", cidr: "10.50.0.0/24" } } };
  expect(rulesFor(own, pools)).toEqual([internal, members]);
  expect(rulesFor({ ...own, nodeCidrs: ["10.50.0.0/24"] }, pools)).toEqual([
    internal,
    { name: "nodes-10-50-0-0-24", cidr: "10.50.0.0/24" },
  ]);
});

it("lists where nodes connect from, each network once and none inside of another", () => {
  const far = (cidr: string) => ({ count: 1, network: { networkId: "other", subnetId: "far", cidr } });
  const pools = {
    far: far("10.50.0.0/24"),
    same: far("10.50.0.0/24"),
    near: far("10.60.7.0/24"),
    metal: servers("192.0.2.7", "10.40.0.9"),
  };
  expect(nodeNetworks({ ...own, nodeCidrs: ["10.60.0.0/16"] }, pools)).toEqual([CIDR, "10.60.0.0/16", "10.50.0.0/24", "192.0.2.7/32"]);
  expect(nodeNetworks(own)).toEqual([CIDR]);
});

it("lets in imported servers by their addresses, unless their network is open already", () => {
  const pools = { metal: servers("192.0.2.7", "10.40.0.9", "10.50.0.3"), more: servers("192.0.2.7") };
  const far = { name: "node-192-0-2-7", cidr: "192.0.2.7/32" };
  const near = { name: "node-10-40-0-9", cidr: "10.40.0.9/32" };
  const other = { name: "node-10-50-0-3", cidr: "10.50.0.3/32" };
  expect(rulesFor(own, pools)).toEqual([internal, far, other]);
  expect(rulesFor(adopted, pools)).toEqual([members, far, near, other, ssh]);
  expect(rulesFor({ ...own, nodeCidrs: ["10.50.0.0/24"] }, pools)).toEqual([
    internal,
    { name: "nodes-10-50-0-0-24", cidr: "10.50.0.0/24" },
    far,
  ]);
});

it("opens the API once to the whole of a shared network, where a load balancer may be", () => {
  expect(apiCidrs(["198.51.100.0/24"], nodeAccess(own))).toEqual(["198.51.100.0/24"]);
  expect(apiCidrs(["198.51.100.0/24", CIDR], nodeAccess(adopted))).toEqual(["198.51.100.0/24", CIDR]);
  expect(apiCidrs(["198.51.100.0/24"], nodeAccess(adopted))).toEqual(["198.51.100.0/24", CIDR]);
});

it("opens the API and SSH of control planes to the given networks", () => {
  expect(controlPlaneRules(["198.51.100.0/24", "203.0.113.7/32"], ["192.0.2.0/24"], 2222)).toEqual([
    { name: "api-198-51-100-0-24", cidr: "198.51.100.0/24", protocol: "tcp", port: 6443 },
    { name: "api-203-0-113-7-32", cidr: "203.0.113.7/32", protocol: "tcp", port: 6443 },
    { name: "ssh-192-0-2-0-24", cidr: "192.0.2.0/24", protocol: "tcp", port: 2222 },
  ]);
});

it("opens the endpoint's port, and not the API server's own", () => {
  expect(controlPlaneRules(["198.51.100.0/24"], [], 22, 8443)).toEqual([
    { name: "api-198-51-100-0-24", cidr: "198.51.100.0/24", protocol: "tcp", port: 8443 },
  ]);
});

it("opens SSH of a bastion to the given networks, and nothing else", () => {
  expect(bastionRules(["192.0.2.0/24"], 2222)).toEqual([{ name: "ssh-192-0-2-0-24", cidr: "192.0.2.0/24", protocol: "tcp", port: 2222 }]);
});

it("opens nothing without given networks", () => {
  expect(controlPlaneRules([], [], 22)).toEqual([]);
});

it("keeps the names of other rules when one is removed", () => {
  const before = controlPlaneRules(["10.0.0.0/8", "192.0.2.0/24", "198.51.100.0/24"], [], 22);
  const after = controlPlaneRules(["10.0.0.0/8", "198.51.100.0/24"], [], 22);
  expect(after).toEqual(before.filter(({ cidr }) => cidr !== "192.0.2.0/24"));
});
