import { expect, it } from "vitest";
import { serverFindings } from "../../../lib/health/servers.ts";
import { healthy, machine, node, SINCE, server } from "../../support/cluster-objects.ts";

const CONTROL_PLANE = "demo-control-plane-0";

it("finds nothing wrong with servers that run or are about to", () => {
  const servers = {
    value: [server(CONTROL_PLANE), server("demo-web-0", { status: "REBOOT" }), server("demo-web-1", { status: "RESIZE" })],
  };
  expect(serverFindings(healthy({ servers }))).toEqual([]);
});

it("names servers that are lost, failed or stopped, with what repairs each", () => {
  const machines = [
    machine("control plane", CONTROL_PLANE),
    machine("member of etcd", "demo-etcd-0"),
    machine("bastion", "demo-bastion", true),
    machine("worker", "demo-web-0"),
    machine("worker", "demo-web-1", false),
  ];
  const servers = [
    server(CONTROL_PLANE, { status: "SHUTOFF", updated: SINCE }),
    server("demo-bastion", { status: "UNKNOWN", updated: SINCE }),
    server("demo-web-0", { status: "ERROR", updated: SINCE, fault: { message: "No valid host was found." } }),
  ];
  const nodes = [node("demo-web-1", { Ready: { status: "Unknown" } })];
  expect(serverFindings(healthy({ machines, servers: { value: servers } }, { nodes }))).toEqual([
    {
      id: "server-stopped",
      severity: "critical",
      object: { kind: "control plane", name: CONTROL_PLANE, id: `id-${CONTROL_PLANE}`, urn: `urn::${CONTROL_PLANE}` },
      reason: "does not run, OpenStack says SHUTOFF",
      since: SINCE,
      fix: `have it run with \`openstack server start id-${CONTROL_PLANE}\`, or replace it with \`pulumi up --replace 'urn::${CONTROL_PLANE}'\``,
    },
    {
      id: "server-lost",
      severity: "critical",
      object: { kind: "member of etcd", name: "demo-etcd-0", id: "id-demo-etcd-0", urn: "urn::demo-etcd-0" },
      reason: "OpenStack has no such server any more",
      fix: "replace it with `pulumi up --replace 'urn::demo-etcd-0'`",
    },
    {
      id: "server-stopped",
      severity: "warning",
      object: { kind: "bastion", name: "demo-bastion", id: "id-demo-bastion", urn: "urn::demo-bastion" },
      reason: "does not run, OpenStack says UNKNOWN",
      since: SINCE,
      fix: "look at it with `openstack server show id-demo-bastion`",
    },
    {
      id: "server-error",
      severity: "warning",
      object: { kind: "worker", name: "demo-web-0", id: "id-demo-web-0", urn: "urn::demo-web-0" },
      reason: "does not run, OpenStack says ERROR (No valid host was found.)",
      since: SINCE,
      fix: "run `pulumi up`, which recreates it",
    },
    {
      id: "server-lost",
      severity: "warning",
      object: { kind: "worker", name: "demo-web-1", id: "id-demo-web-1", urn: "urn::demo-web-1" },
      reason: "OpenStack has no such server any more",
      since: SINCE,
      fix: "replace it with `pulumi up --replace 'urn::demo-web-1'`",
    },
  ]);
});

it("takes no server for lost when OpenStack does not answer, or knows none", () => {
  const object = { kind: "OpenStack", name: "servers" };
  expect(serverFindings(healthy({ servers: { unknown: "connect ECONNREFUSED" } }))).toEqual([
    {
      id: "openstack-unreachable",
      severity: "warning",
      object,
      reason: "connect ECONNREFUSED",
      fix: "check the credentials and the address of the cloud (OS_CLOUD, clouds.yaml), and check again: nothing is known of the machines",
    },
  ]);
  expect(serverFindings(healthy({ servers: { value: [] } }))).toEqual([
    {
      id: "servers-unknown",
      severity: "warning",
      object,
      reason: "OpenStack knows none of the stack's 3 servers",
      fix: "use the credentials, the project and the region that the stack belongs to. If they are, all machines are lost",
    },
  ]);
});
