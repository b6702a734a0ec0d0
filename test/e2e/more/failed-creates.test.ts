import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { onDevcloud } from "../../../devcloud/environment.ts";
import { type Stack, stackConfig, writeConfig } from "../../../devcloud/stack.ts";
import { configure, destroy, failureOf } from "../support/cluster.ts";
import { inventory } from "../support/openstack.ts";

const CLUSTER = "e2e-failed";
const NEUTRON = "http://127.0.0.1:9696";
const PORT = "19696";
/** The network and the address of the API, without its association: no machine is needed to see how they are made. */
const TARGETS = [`**::${CLUSTER}-network**`, `**:ApiEndpoint::${CLUSTER}-api`, `**:FloatingIp::${CLUSTER}-api`].flatMap((urns) => [
  "--target",
  urns,
]);

let stack: Stack;

beforeAll(async () => {
  stack = await configure(CLUSTER);
});

afterAll(async () => {
  await destroy(stack);
});

const COLLECTIONS = ["networks", "routers", "security-groups", "floatingips"];
/** What the library takes for the last word; after a 500, say, it would clear up and try again by itself. */
const REFUSED = 400;

it("fails when Neutron makes things and says that it did not", async () => {
  const output = await failureOf(up(COLLECTIONS));
  for (const type of ["network", "router", "secgroup", "floatingip"])
    expect(output).toContain(`Error creating openstack_networking_${type}_v2`);
  expect(await counts()).toEqual({ network: 1, router: 1, "floating ip": 1, "security group": 2 });
});

it("removes them before it makes them again, and fails at a rule", async () => {
  const output = await failureOf(up(["security-group-rules"], TARGETS));
  for (const kind of ["network", "router", "security group", "floating IP"]) expect(output).toContain(`removing the ${kind} `);
  expect(output).toContain("Error creating openstack_networking_secgroup_rule_v2");
});

it("removes the rule, which Neutron would refuse to make a second time", async () => {
  expect(await up([], TARGETS)).toContain("removing the security group rule ");
  expect(await counts()).toEqual({ network: 1, router: 1, "floating ip": 1, "security group": 2 });
});

/** Runs `pulumi up` beside a Neutron that fails once in each of these collections, answered as refused. */
async function up(failing: readonly string[], targets: readonly string[] = []): Promise<string> {
  const endpoint = { "openstack:endpointOverrides": { network: `http://127.0.0.1:${PORT}/v2.0/` } };
  await writeConfig(stack, { ...(await stackConfig("mini")), ...endpoint });
  const proxy = [
    "node",
    join(import.meta.dirname, "..", "support", "failing-network.ts"),
    PORT,
    NEUTRON,
    String(REFUSED),
    failing.join(",") || "none",
    "--",
  ];
  const command = ["pulumi", "up", "--yes", "--skip-preview", "--stack", stack.name, "--non-interactive", "--color", "never", ...targets];
  try {
    return await onDevcloud([...proxy, ...command], { cwd: stack.dir, deadline: 600 });
  } finally {
    // Destroying needs no proxy.
    await writeConfig(stack, await stackConfig("mini"));
  }
}

/** How much there is of the cluster's network. */
async function counts(): Promise<Record<string, number>> {
  const { server: _, port: _ports, keypair: _keypair, ...kinds } = await inventory(CLUSTER);
  return Object.fromEntries(Object.entries(kinds).map(([kind, names]) => [kind, names.length]));
}
