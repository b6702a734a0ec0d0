import { expect, it } from "vitest";
import { replacementTargets } from "../../../operations/replacement/targets.ts";
import { nameOf, type StateResource } from "../../../operations/state/stack-state.ts";
import { resource, urnOf } from "../../support/stack-state.ts";

const [pool, etcd] = [urnOf("NodePool", "web"), urnOf("EtcdCluster", "etcd")];
const of = (parent: string, ...dependencies: string[]): Partial<StateResource> => ({ parent, dependencies });
const server = (name: string, parent: string) => resource("Instance", name, { parent });

const targetsOf = (resources: StateResource[], ...names: string[]) => {
  const found = replacementTargets(
    resources,
    names.map((name) => urnOf("Instance", name)),
  );
  return Object.fromEntries(Object.entries(found).map(([key, urns]) => [key, urns.map(nameOf)]));
};

it("follows dependencies through commands of the library, and no further", () => {
  const joined = urnOf("Command", "web-join-0");
  const resources = [
    server("web-0", pool),
    server("web-1", pool),
    resource("Command", "web-contact-0", {
      parent: pool,
      propertyDependencies: { stdin: [urnOf("Instance", "web-0"), urnOf("Instance", "web-1")], create: null },
    }),
    resource("Command", "web-contact-1", of(pool, urnOf("Instance", "web-64"))),
    resource("Command", "web-join-0", of(pool, urnOf("Command", "web-contact-0"))),
    resource("Command", "users-own", of(urnOf("Stash", "users"), joined)),
    resource("Stash", "users", { dependencies: [joined] }),
  ];
  expect(targetsOf(resources, "web-0")).toEqual({
    roots: ["web-0"],
    servers: ["web-0"],
    recreated: [],
    commands: ["web-contact-0", "web-join-0"],
  });
});

it("replaces a worker by its port, which the library made", () => {
  const resources = [
    resource("Port", "web-0", { parent: pool }),
    resource("Port", "web-0", { parent: etcd, urn: "urn:pulumi:demo::caravan::x$openstack:networking/port:Port::web-0" }),
    server("web-0", pool),
    resource("Command", "web-contact-0", of(pool, urnOf("Port", "web-0"))),
  ];
  expect(targetsOf(resources, "web-0")).toEqual({ roots: ["web-0"], servers: ["web-0"], recreated: [], commands: ["web-contact-0"] });
  const { roots } = replacementTargets(resources, [urnOf("Instance", "web-0")]);
  expect(roots).toEqual([urnOf("Port", "web-0")]);
});

it("takes the attachment of a member's volume, and what is deleted with its machine", () => {
  const attachment = {
    urn: "urn:pulumi:demo::caravan::openstack:compute/volumeAttach:VolumeAttach::etcd-0-data",
    type: "openstack:compute/volumeAttach:VolumeAttach",
  };
  const resources = [
    resource("Port", "etcd-0", { parent: etcd }),
    server("etcd-0", etcd),
    { ...attachment, ...of(etcd, urnOf("Instance", "etcd-0")) },
    resource("Command", "etcd-0-etcd", { parent: etcd, deletedWith: urnOf("Instance", "etcd-0") }),
    resource("Command", "etcd-1-etcd", of(etcd, urnOf("Command", "etcd-0-etcd"))),
  ];
  expect(targetsOf(resources, "etcd-0")).toEqual({
    roots: ["etcd-0"],
    servers: ["etcd-0"],
    recreated: ["etcd-0-data"],
    commands: ["etcd-0-etcd", "etcd-1-etcd"],
  });
});
