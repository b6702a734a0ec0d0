import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { onDevcloud } from "../../devcloud/environment.ts";
import { listNodes, waitForNodes } from "../../devcloud/nodes.ts";
import { pulumi } from "../../devcloud/stack.ts";
import { type Cluster, configure, createCluster, destroy, failureOf, resourcesOf, up, urnOf } from "./support/cluster.ts";
import { sshOf } from "./support/ssh.ts";

const STACK = "e2e-pool";
const machine = { image: "node", flavor: "node.small" };

let cluster: Cluster;

beforeAll(async () => {
  cluster = await createCluster(STACK, 3);
});

afterAll(async () => {
  if (cluster) await destroy(cluster.stack);
});

/** UIDs of the nodes by name: a node that was left alone keeps its UID. */
async function uids(): Promise<Record<string, string>> {
  const nodes = await listNodes(cluster.kubectl);
  return Object.fromEntries(nodes.map(({ metadata }) => [metadata.name, metadata.uid]));
}

describe("a pool", () => {
  it("grows by one node and touches no other", async () => {
    const before = await uids();
    await configure(STACK, { "caravan:pools": { default: { count: 3, machine } } });
    const { create, delete: deleted, replace } = await up(cluster.stack);
    await waitForNodes(cluster.kubectl, 4);
    expect({ create, deleted, replace }).toEqual({ create: 1, deleted: undefined, replace: undefined });
    expect(await uids()).toMatchObject(before);
  });

  it("sets labels and taints in place, and takes them away again", async () => {
    const before = await uids();
    const taints = [{ key: "e2e", value: "yes", effect: "PreferNoSchedule" }];
    await configure(STACK, { "caravan:pools": { default: { count: 3, machine, labels: { tier: "web" }, taints } } });
    await up(cluster.stack);
    expect(await uids()).toEqual(before);
    expect(await workerSettings()).toEqual(Array(3).fill({ tier: "web", taints }));

    await configure(STACK, { "caravan:pools": { default: { count: 3, machine } } });
    await up(cluster.stack);
    expect(await workerSettings()).toEqual(Array(3).fill({ tier: undefined, taints: [] }));
  });

  it("drains and deletes the nodes that are taken out of its middle and end before their servers go", async () => {
    const before = await uids();
    await cluster.kubectl(["create", "deployment", "spread", "--image=registry.k8s.io/pause:3.10.2", "--replicas=6"]);
    await cluster.kubectl(["rollout", "status", "deployment/spread", "--timeout=120s"]);
    await configure(STACK, { "caravan:pools": { default: { count: 3, without: ["0", "2"], machine } } });
    const changes = await up(cluster.stack);
    expect(changes.delete).toBe(2);

    const after = await uids();
    const left = Object.keys(before).filter((name) => /control-plane|default-1-/.test(name));
    expect(after).toEqual(Object.fromEntries(left.map((name) => [name, before[name]])));
    await cluster.kubectl(["rollout", "status", "deployment/spread", "--timeout=120s"]);
    const phases = await cluster.kubectl(["get", "pods", "-l", "app=spread", "-o", "jsonpath={.items[*].status.phase}"]);
    expect(phases.split(" ")).toEqual(Array(6).fill("Running"));
    await cluster.kubectl(["delete", "deployment", "spread"]);
  });

  it("replaces a worker: another joins, the old one is drained and deleted, the rest is untouched", async () => {
    const before = await uids();
    const urn = await urnOf(cluster.stack, "openstack:compute/instance:Instance", `${STACK}-default-1`);
    await up(cluster.stack, ["--replace", urn]);
    const nodes = await waitForNodes(cluster.kubectl, 2);
    const after = await uids();
    const controlPlane = `${STACK}-control-plane-0`;
    expect(after[controlPlane]).toBe(before[controlPlane]);
    expect(nodes.map(({ metadata }) => metadata.name).filter((name) => name in before)).toEqual([controlPlane]);
  });

  it("refuses a node whose SSH host key has changed, and names it and the reason", async () => {
    const { name, run } = await sshOf(cluster, "default");
    await run("rm /etc/ssh/ssh_host_*_key*; ssh-keygen -A; systemctl restart ssh");
    await configure(STACK, {
      "caravan:pools": { default: { count: 3, without: ["0", "2"], machine } },
      "caravan:registries": { mirrors: { "docker.io": ["https://mirror.example.com"] } },
    });
    const failure = await failureOf(pulumi(cluster.stack, ["up", "--yes", "--skip-preview"], { deadline: 300 }));
    expect(failure).toContain(`${name} (`);
    expect(failure).toContain("refused: its SSH host key is not the one that was learnt when the machine was made");
  });

  it("is removed as a whole, its nodes drained first", async () => {
    await configure(STACK, { "caravan:pools": {} });
    // What was refused above is about to go: only the nodes themselves count here.
    await up(cluster.stack);
    await waitForNodes(cluster.kubectl, 1);
    const servers = (await resourcesOf(cluster.stack)).filter(({ type }) => type === "openstack:compute/instance:Instance");
    expect(servers.map(({ urn }) => urn.split("::").pop())).toEqual([`${STACK}-control-plane-0`]);
    expect(
      await onDevcloud(
        [
          "openstack",
          "--os-compute-api-version",
          "2.26",
          "server",
          "list",
          "--tags",
          `caravan-cluster=${STACK}`,
          "-f",
          "value",
          "-c",
          "Name",
        ],
        {
          deadline: 60,
        },
      ),
    ).toBe(`${STACK}-control-plane-0\n`);
  });
});

async function workerSettings() {
  const nodes = (await listNodes(cluster.kubectl)).filter(({ metadata }) => metadata.labels["caravan.dev/pool"] === "default");
  return nodes.map(({ metadata, spec }) => ({ tier: metadata.labels.tier, taints: spec.taints ?? [] }));
}
