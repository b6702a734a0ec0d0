import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cliConfiguration } from "./terraform-stack.ts";

test("Terraform loads the provider from a folder", () => {
  expect(cliConfiguration("/cache/provider")).toBe(`provider_installation {
  dev_overrides {
    "terraform-provider-openstack/openstack" = "/cache/provider"
  }
  direct {}
}
`);
});

test("the handwritten configuration has each resource of the Pulumi program, with servers and ports by key", () => {
  const text = readFileSync(join(import.meta.dirname, "main.tf"), "utf8");
  const blocks = [...text.matchAll(/^resource "(\S+)" "(\S+)" \{\n(?: +for_each = (.*))?/gm)].map(([, type, name, keys]) => [
    type,
    name,
    keys,
  ]);
  expect(blocks).toEqual([
    ["openstack_networking_network_v2", "cluster", undefined],
    ["openstack_networking_subnet_v2", "cluster", undefined],
    ["openstack_networking_router_v2", "cluster", undefined],
    ["openstack_networking_router_interface_v2", "cluster", undefined],
    ["openstack_networking_secgroup_v2", "nodes", undefined],
    ["openstack_networking_secgroup_rule_v2", "internal", undefined],
    ["openstack_networking_secgroup_v2", "control_plane", undefined],
    ["openstack_networking_secgroup_rule_v2", "control_plane", "{ api = 6443, ssh = 22 }"],
    ["openstack_compute_keypair_v2", "cluster", undefined],
    ["openstack_compute_servergroup_v2", "control_plane", undefined],
    ["openstack_networking_port_v2", "control_plane", "local.control_planes"],
    ["openstack_compute_instance_v2", "control_plane", "local.control_planes"],
    ["openstack_compute_instance_v2", "worker", "local.workers"],
  ]);
});
