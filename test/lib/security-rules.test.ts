import { expect, it } from "vitest";
import { bastionRules, controlPlaneRules, nodeRules } from "../../lib/security-rules.ts";

it("lets nodes reach each other by one rule", () => {
  expect(nodeRules("10.40.0.0/16")).toEqual([{ name: "internal", cidr: "10.40.0.0/16" }]);
});

it("opens the API and SSH of control planes to the named networks", () => {
  expect(controlPlaneRules(["198.51.100.0/24", "203.0.113.7/32"], ["192.0.2.0/24"], 2222)).toEqual([
    { name: "api-198-51-100-0-24", cidr: "198.51.100.0/24", protocol: "tcp", port: 6443 },
    { name: "api-203-0-113-7-32", cidr: "203.0.113.7/32", protocol: "tcp", port: 6443 },
    { name: "ssh-192-0-2-0-24", cidr: "192.0.2.0/24", protocol: "tcp", port: 2222 },
  ]);
});

it("opens the port at which the endpoint is, and not the API server's own", () => {
  expect(controlPlaneRules(["198.51.100.0/24"], [], 22, 8443)).toEqual([
    { name: "api-198-51-100-0-24", cidr: "198.51.100.0/24", protocol: "tcp", port: 8443 },
  ]);
});

it("opens SSH of a bastion to the named networks, and nothing else", () => {
  expect(bastionRules(["192.0.2.0/24"], 2222)).toEqual([{ name: "ssh-192-0-2-0-24", cidr: "192.0.2.0/24", protocol: "tcp", port: 2222 }]);
});

it("opens nothing that was not named", () => {
  expect(controlPlaneRules([], [], 22)).toEqual([]);
});

it("leaves the names of other rules alone when one is taken out", () => {
  const before = controlPlaneRules(["10.0.0.0/8", "192.0.2.0/24", "198.51.100.0/24"], [], 22);
  const after = controlPlaneRules(["10.0.0.0/8", "198.51.100.0/24"], [], 22);
  expect(after).toEqual(before.filter(({ cidr }) => cidr !== "192.0.2.0/24"));
});
