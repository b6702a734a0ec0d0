import { describe, expect, it } from "vitest";
import { failedCreates, interruptedCreates } from "../../../operations/orphans/lost-creates.ts";
import { resource, stateOf, urnOf } from "../../support/stack-state.ts";

it("returns interrupted creations, and no other operations", () => {
  const [port, network] = [resource("Port", "demo", { inputs: { name: "demo" } }), resource("Network", "demo", { id: "n1" })];
  const pending = [
    { type: "creating", resource: port },
    { type: "deleting", resource: network },
  ];
  expect(interruptedCreates({ deployment: { resources: [network], pending_operations: pending } })).toEqual([
    { urn: port.urn, type: port.type, inputs: { name: "demo" }, isPending: true },
  ]);
});

describe("the object that a failed creation may leave behind", () => {
  const parent = urnOf("ClusterNetwork", "demo-network");
  const component = resource("ClusterNetwork", "demo-network", { outputs: { ready: true } });
  const network = resource("Network", "demo-network", { id: "n1", parent });
  const router = resource("Router", "demo-network", { id: "r1", parent });
  const subnet = resource("Subnet", "demo-network", { id: "s1", parent });
  const link = resource("RouterInterface", "demo-network", { id: "i1", parent });
  const ownerOf = (pool: string) => resource("Stash", "demo-default-owner", { id: "m1", parent: pool });
  const lost = (...resources: Parameters<typeof stateOf>[0]) =>
    failedCreates(stateOf(resources)).map(({ type, inputs, names }) => [type.split(":").at(-1), inputs, names?.source]);

  it("is none when all parts of a component exist", () => {
    const controlPlane = resource("ControlPlane", "demo-control-plane", { outputs: { nodes: [] } });
    expect(lost(component, network, router, subnet, link, controlPlane)).toEqual([]);
  });

  it("is a subnet of the cluster's network", () => {
    expect(lost(component, network)).toEqual([["Subnet", { networkId: "n1" }, "^demo-network-[0-9a-f]{7}$"]]);
  });

  it("is an interface between the cluster's router and its subnet", () => {
    expect(lost(component, network, router, subnet)).toEqual([["RouterInterface", { routerId: "r1", subnetId: "s1" }, undefined]]);
  });

  it("is a port or a server of nodes of which some are missing", () => {
    const [pool, empty] = [resource("NodePool", "demo-default"), resource("NodePool", "demo-empty")];
    const unfinished = [resource("ControlPlane", "demo-control-plane"), pool, ownerOf(pool.urn), empty];
    expect(lost(component, network, router, subnet, link, ...unfinished)).toEqual([
      ["Port", { networkId: "n1" }, "^demo-control-plane-[0-9]+$"],
      ["Instance", {}, "^demo-control-plane-[0-9]+$"],
      ["Instance", { metadata: { "caravan-stack": "m1" } }, "^demo-default-.+-[0-9a-f]{7}$"],
    ]);
  });

  it("is any part of any component when a run may have ended before it wrote the state", () => {
    const endpoint = resource("ApiEndpoint", "demo-endpoint", { outputs: {} });
    const pool = resource("NodePool", "demo-default", { outputs: { nodes: [] } });
    const creates = failedCreates(stateOf([component, network, router, subnet, link, endpoint, pool, ownerOf(pool.urn)]), false);
    expect(creates.map(({ urn, type, byMark }) => [urn, type.split(":").at(-1), byMark])).toEqual([
      [component.urn, "Network", true],
      [component.urn, "Router", true],
      [component.urn, "SecGroup", true],
      [endpoint.urn, "FloatingIp", true],
      [endpoint.urn, "RecordSet", true],
      [pool.urn, "Instance", undefined],
    ]);
  });

  it("is a port, a server or a data volume of etcd members of which some are missing", () => {
    const etcd = resource("EtcdCluster", "demo-etcd");
    const volume = resource("Volume", "demo-etcd-0-data", { id: "v1", parent: etcd.urn });
    const creates = failedCreates(stateOf([component, network, router, subnet, link, etcd, volume]));
    expect(creates).toEqual([
      {
        urn: etcd.urn,
        type: "openstack:blockstorage/volume:Volume",
        inputs: {},
        names: /^(?!(demo-etcd-0-data)$)demo-etcd-[0-9]+-data$/,
        byMark: true,
      },
      { urn: etcd.urn, type: "openstack:networking/port:Port", inputs: { networkId: "n1" }, names: /^demo-etcd-[0-9]+$/ },
      {
        urn: etcd.urn,
        type: "openstack:compute/instance:Instance",
        inputs: {},
        names: /^demo-etcd-[0-9]+$/,
      },
    ]);
  });

  it.each([
    ["ClusterNetwork", { Network: /^(?!()$)demo$/, Router: /^(?!()$)demo$/, SecGroup: /^(?!()$)demo-.+$/ }],
    ["ApiEndpoint", { FloatingIp: /^(?!()$)demo$/, RecordSet: /^(?!()$)demo$/ }],
    ["Bastion", { FloatingIp: /^(?!()$)demo$/, SecGroup: /^(?!()$)demo$/ }],
  ])("is, of a %s that did not come to its end, %j by their marks", (type, parts) => {
    const creates = failedCreates(stateOf([resource(type, "demo")]));
    expect(creates.map(({ type, ...rest }) => [type.split(":").at(-1), rest])).toEqual(
      Object.entries(parts).map(([part, names]) => [part, { urn: urnOf(type, "demo"), inputs: {}, names, byMark: true }]),
    );
    expect(failedCreates(stateOf([resource(type, "demo", { outputs: { address: "192.0.2.1" } })]))).toEqual([]);
  });

  it("is a rule of a security group of such a component", () => {
    const group = resource("SecGroup", "demo-nodes", { id: "g1", parent });
    const other = resource("SecGroup", "other", { id: "g2", parent: urnOf("ClusterNetwork", "other") });
    const creates = failedCreates(stateOf([resource("ClusterNetwork", "demo-network"), network, subnet, router, link, group, other]));
    expect(creates.filter(({ type }) => type.endsWith(":SecGroupRule"))).toEqual([
      { urn: parent, type: "openstack:networking/secGroupRule:SecGroupRule", inputs: { securityGroupId: "g1" }, byMark: true },
    ]);
  });

  it("is a server, but no port, on an adopted network", () => {
    expect(lost(component, resource("ControlPlane", "demo-control-plane"))).toEqual([["Instance", {}, "^demo-control-plane-[0-9]+$"]]);
  });
});
