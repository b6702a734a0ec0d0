import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { KubernetesCluster } from "../../components/index.ts";
import { quotaNeeds } from "../../operations/quota/needs.ts";
import { deploy, type Registered } from "../support/deploy.ts";
import { stackArgs } from "../support/stack-config.ts";

/** Largest number of resources of a stack: the engine writes all of them twice for each operation. */
const MOST_RESOURCES = 1200;

/** Timeout in milliseconds: the plan of a thousand nodes takes ten seconds, and longer on a busy machine. */
const PLAN_MILLISECONDS = 300_000;

const STACKS = ["mini", "dev", "standard", "large"];

describe.each(STACKS)("stack %s", (name) => {
  let plan: Registered[];
  const made = (type: string) => plan.filter((resource) => resource.type.endsWith(`:${type}`)).length;

  beforeAll(async () => {
    plan = await deploy(() => new KubernetesCluster(name, stackArgs(name)));
  }, PLAN_MILLISECONDS);

  it("has these resources: another name would be another resource in existing stacks", async () => {
    const urns = plan.map((resource) => `${resource.type}::${resource.name}\n`).sort();
    await expect(urns.join("")).toMatchFileSnapshot(join(import.meta.dirname, "..", "golden", `urns-${name}.txt`));
  });

  it("needs as much in OpenStack as the quota check expects", () => {
    const needs = quotaNeeds(name, stackArgs(name), []);
    const [networks, workers] = [made("Network"), made("Instance") - serversWithPorts(plan)];
    expect(needs).toEqual({
      instances: made("Instance"),
      // These depend on the cloud's flavors.
      cores: 0,
      ram: 0,
      serverGroups: made("ServerGroup"),
      serverGroupMembers: expect.any(Number),
      networks,
      subnets: made("Subnet"),
      routers: made("Router"),
      // Nova makes the ports of workers. DHCP has one, and so have the router and a load balancer.
      ports: made("Port") + workers + networks + made("RouterInterface") + made("LoadBalancer"),
      floatingIps: made("FloatingIp"),
      securityGroups: made("SecGroup"),
      // Neutron makes two rules in each group.
      securityGroupRules: made("SecGroupRule") + 2 * made("SecGroup"),
      volumes: made("Volume") + plan.filter(({ inputs }) => inputs.blockDevices).length,
      gigabytes: expect.any(Number),
      loadBalancers: made("LoadBalancer"),
    });
  });

  it(`has at most ${MOST_RESOURCES} resources`, () => {
    expect(plan.length).toBeLessThanOrEqual(MOST_RESOURCES);
  });
});

/** Counts the servers whose port was created before them. */
function serversWithPorts(plan: readonly Registered[]): number {
  return plan.filter(({ inputs }) => (inputs.networks as { port?: unknown }[] | undefined)?.[0]?.port !== undefined).length;
}
