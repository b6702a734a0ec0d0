import { afterAll, beforeAll, expect, it } from "vitest";
import { kubectlOf } from "../../devcloud/kubectl.ts";
import { waitForNodes } from "../../devcloud/nodes.ts";
import { pulumi, type Stack, stackConfig } from "../../devcloud/stack.ts";
import { checkTraffic } from "../../devcloud/traffic.ts";
import { configure, destroy, up } from "./support/cluster.ts";
import { ciliumStatuses, insideOfHelm } from "./support/helm.ts";
import { interruptedTypes, killUpAt } from "./support/interruption.ts";
import { inventory } from "./support/openstack.ts";
import { programsOf } from "./support/processes.ts";

const CLUSTER = "e2e-interrupted";
const NOTHING = { server: [], port: [], "floating ip": [], "security group": [], router: [], network: [], keypair: [] };

/** Types of resources at whose creation the run is killed, in the order in which a run reaches them. */
const MOMENTS = ["SecGroupRule", "Network", "Subnet", "Port", "RouterInterface", "Instance", "remote:Command", "Release"];

const network = { "caravan:network": { externalNetwork: "public", cidr: "10.77.0.0/16" } };

let stack: Stack;

beforeAll(async () => {
  stack = await configure(CLUSTER, network);
});

afterAll(async () => {
  await destroy(stack);
});

it.each(MOMENTS)("is killed when it starts to create a %s", async (type) => {
  await killUpAt(stack, type);
  expect(await interruptedTypes(stack)).not.toEqual([]);
});

it("is killed during Helm's installation", async () => {
  await killUpAt(stack, "Release", insideOfHelm(stack, "pending-install"));
  expect((await (await ciliumStatuses(stack))()).at(-1)).toBe("pending-install");
});

it("converges, and everything exists once", async () => {
  await up(stack);
  const kubectl = await kubectlOf(stack);
  await waitForNodes(kubectl, 3);
  expect(await checkTraffic(kubectl)).toHaveLength(2);
  const { same: _, ...changes } = await up(stack);
  expect(changes).toEqual({});

  const { server, port: _ports, "floating ip": floatingIps, ...named } = await inventory(CLUSTER);
  const withoutSuffix = Object.entries(named).map(([kind, names]) => [kind, names.map((name) => name.replace(/-[0-9a-f]{7}$/, ""))]);
  expect(server).toHaveLength(3);
  expect(floatingIps).toHaveLength(1);
  expect(Object.fromEntries(withoutSuffix)).toEqual({
    "security group": ["e2e-interrupted-network-control-plane", "e2e-interrupted-network-nodes"],
    router: ["e2e-interrupted-network"],
    network: ["e2e-interrupted-network"],
    keypair: [],
  });
});

it("is killed during Helm's upgrade, and converges", async () => {
  const cni = (await stackConfig("mini"))["caravan:cni"] as { values: object };
  const values = { ...cni.values, extraConfig: { "e2e-interrupted": "upgraded" } };
  await configure(CLUSTER, { ...network, "caravan:cni": { ...cni, values } });
  await killUpAt(stack, "Release", insideOfHelm(stack, "pending-upgrade"));
  const statuses = await ciliumStatuses(stack);
  // At the end of an upgrade, Helm first gives up the revision before.
  expect(await statuses()).toEqual([expect.stringMatching(/^(deployed|superseded)$/), "pending-upgrade"]);

  const { same: _, ...changes } = await up(stack);
  expect(changes).toEqual({ update: 1 });
  expect(await statuses()).toEqual(["superseded", "deployed"]);
  const query = ["get", "configmap", "cilium-config", "--namespace=kube-system", "-o=jsonpath={.data.e2e-interrupted}"];
  expect(await (await kubectlOf(stack))(query)).toBe("upgraded");
});

it("leaves nothing when it is destroyed", async () => {
  await pulumi(stack, ["destroy", "--yes", "--skip-preview"], { deadline: 600 });
  expect(await inventory(CLUSTER)).toEqual(NOTHING);
});

it.each([
  ["FloatingIp", []],
  ["Port", []],
  ["Port", ["--run-program"]],
])("leaves nothing when it is destroyed after a kill at a %s, with %j", async (type, options) => {
  await killUpAt(stack, type);
  await pulumi(stack, ["destroy", "--yes", "--skip-preview", ...options], { deadline: 600 });
  expect(await inventory(CLUSTER)).toEqual(NOTHING);
});

it("leaves no program running", async () => {
  await expect.poll(() => programsOf(stack), { timeout: 10_000 }).toEqual([]);
});
