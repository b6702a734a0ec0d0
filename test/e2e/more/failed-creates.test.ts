import { afterAll, beforeAll, expect, it } from "vitest";
import type { Stack } from "../../../devcloud/stack.ts";
import { configure, failureOf } from "../support/cluster.ts";
import { destroyBeside, upWithFailingCreates } from "../support/failing-creates.ts";
import { inventory } from "../support/openstack.ts";
import { endpointTargets, TARGETABLE } from "../support/targets.ts";

const CLUSTER = "e2e-failed";
const targets = endpointTargets(CLUSTER);

let stack: Stack;

beforeAll(async () => {
  stack = await configure(CLUSTER, TARGETABLE);
});

afterAll(async () => {
  await destroyBeside(stack, "network");
});

it("fails when Neutron creates objects but reports errors", async () => {
  const collections = ["networks", "routers", "security-groups", "floatingips"];
  const output = await failureOf(upWithFailingCreates(stack, { service: "network", collections, config: TARGETABLE }));
  for (const type of ["network", "router", "secgroup", "floatingip"])
    expect(output).toContain(`Error creating openstack_networking_${type}_v2`);
  expect(await counts()).toEqual({ network: 1, router: 1, "floating ip": 1, "security group": 2 });
});

it("removes them before it creates them again, and fails at a rule", async () => {
  const output = await failureOf(
    upWithFailingCreates(stack, { service: "network", collections: ["security-group-rules"], targets, config: TARGETABLE }),
  );
  for (const kind of ["network", "router", "security group", "floating IP"]) expect(output).toContain(`removing the ${kind} `);
  expect(output).toContain("Error creating openstack_networking_secgroup_rule_v2");
});

it("removes the rule, which Neutron would refuse to create again", async () => {
  expect(await upWithFailingCreates(stack, { service: "network", collections: [], targets, config: TARGETABLE })).toContain(
    "removing the security group rule ",
  );
  expect(await counts()).toEqual({ network: 1, router: 1, "floating ip": 1, "security group": 2 });
});

/** Counts the objects of the cluster's network. */
async function counts(): Promise<Record<string, number>> {
  const { server: _, port: _ports, keypair: _keypair, ...kinds } = await inventory(CLUSTER);
  return Object.fromEntries(Object.entries(kinds).map(([kind, names]) => [kind, names.length]));
}
