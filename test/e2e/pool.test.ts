import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { onDevcloud } from "../../devcloud/environment.ts";
import { listNodes, waitForNodes } from "../../devcloud/nodes.ts";
import { pulumi, stackOutput } from "../../devcloud/stack.ts";
import { ATTEMPTS, credentialsOn, falsifyNode, requestForeignCertificates } from "./support/attacks.ts";
import { type Cluster, configure, createCluster, destroy, failureOf, resourcesOf, uidsOf, up, urnOf } from "./support/cluster.ts";
import { type Machine, sshOf, sshTo } from "./support/ssh.ts";

const STACK = "e2e-pool";
const machine = { image: "node", flavor: "node.small" };

let cluster: Cluster;

beforeAll(async () => {
  cluster = await createCluster(STACK, 3);
});

afterAll(async () => {
  if (cluster) await destroy(cluster.stack);
});

const uids = () => uidsOf(cluster);

describe("a pool", () => {
  it("grows by one node and changes no other", async () => {
    const before = await uids();
    await configure(STACK, { "caravan:pools": { default: { count: 3, machine } } });
    const { create, delete: deleted, replace } = await up(cluster.stack);
    await waitForNodes(cluster.kubectl, 4);
    expect({ create, deleted, replace }).toEqual({ create: 1, deleted: undefined, replace: undefined });
    expect(await uids()).toMatchObject(before);
  });

  it("sets labels and taints in place, and removes them again", async () => {
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

  it("gives root on a worker no credential of another node", async () => {
    const worker = await workerOf("0");
    expect(await credentialsOn(worker)).toEqual([
      "/var/lib/kubelet/pki/kubelet-client-DATE.pem",
      "/var/lib/kubelet/pki/kubelet-server-DATE.pem",
      `system:node:${worker.name} ["system:nodes","system:authenticated"]`,
    ]);
    const bindings = await cluster.kubectl(["get", "clusterrolebindings", "-o", "jsonpath={.items[*].metadata.name}"]);
    expect(bindings.split(" ").filter((name) => name.startsWith("kubeadm:"))).toEqual([
      "kubeadm:apiserver-kubelet-client",
      "kubeadm:cluster-admins",
      "kubeadm:node-autoapprove-certificate-rotation",
    ]);
  });

  it("gives root on a worker no certificate for another name", async () => {
    const [worker, other] = [await workerOf("0"), await workerOf("1")];
    expect(await requestForeignCertificates(worker, other.name)).toEqual(ATTEMPTS);
    const controlPlanes = await stackOutput<{ name: string; address: string }[]>(cluster.stack, "controlPlanes");
    const { run } = await sshTo(cluster, controlPlanes[0]!);
    const reasons = async () => {
      const journal = await run("journalctl --unit caravan-approve --output cat");
      return journal.split("\n").filter((line) => line.startsWith("request attack-"));
    };
    await vi.waitUntil(async () => (await reasons()).length >= 5, { timeout: 60_000, interval: 2000 });
    const by = `of 'system:node:${worker.name}' is left alone`;
    expect((await reasons()).sort()).toEqual([
      `request attack-address ${by}: it asks for 10.96.0.1, which is not that node's`,
      `request attack-extension ${by}: it has more in it than a kubelet's`,
      `request attack-name ${by}: it asks for b'${other.name}', which is not that node's`,
      `request attack-second ${by}: it has more in it than a kubelet's`,
      `request attack-service ${by}: it asks for b'kubernetes.default.svc', which is not that node's`,
    ]);
    const states = await cluster.kubectl([
      ...["get", "certificatesigningrequests", "-o"],
      'jsonpath={range .items[*]}{.metadata.name}={.status.conditions}{.status.certificate}{"\\n"}{end}',
    ]);
    expect(states.split("\n").filter((line) => line.startsWith("attack-"))).toEqual(
      ["address", "extension", "name", "second", "service"].map((name) => `attack-${name}=`),
    );
  });

  it("trusts no labels or annotations that root on a worker sets on its Node", async () => {
    const [leaving, staying] = [await workerOf("0"), await workerOf("1")];
    await cluster.kubectl(["label", "node", staying.name, "node-restriction.kubernetes.io/team=a"]);
    await cluster.kubectl(["taint", "node", staying.name, "guarded=yes:PreferNoSchedule"]);
    const note = "caravan.dev/applied=label:node-restriction.kubernetes.io/team=a taint:guarded=yes:PreferNoSchedule";
    await falsifyNode(staying, "caravan.dev/batch=0", note);
    // The next test removes this one.
    await falsifyNode(leaving, "caravan.dev/pool=elsewhere caravan.dev/batch=9", "caravan.dev/applied=");
  });

  it("drains and deletes nodes from its middle and end before their servers are deleted", async () => {
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

    const staying = (await listNodes(cluster.kubectl)).find(({ metadata }) => /default-1-/.test(metadata.name))!;
    expect([staying.metadata.labels["node-restriction.kubernetes.io/team"], staying.spec.taints]).toEqual([
      "a",
      [{ key: "guarded", value: "yes", effect: "PreferNoSchedule" }],
    ]);
    await cluster.kubectl(["delete", "deployment", "spread"]);
  });

  it("replaces a worker: another one joins, the old one is drained and deleted, the rest is unchanged", async () => {
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

  it("is removed as a whole, and its nodes are drained first", async () => {
    await configure(STACK, { "caravan:pools": {} });
    // The refused change is about nodes that are removed now, so only the nodes count here.
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

/** Connects by SSH to the worker with a key. */
async function workerOf(key: string): Promise<Machine> {
  const pools = await stackOutput<Record<string, { name: string; address: string }[]>>(cluster.stack, "pools");
  return sshTo(cluster, pools.default!.find(({ name }) => name.startsWith(`${STACK}-default-${key}-`))!);
}

async function workerSettings() {
  const nodes = (await listNodes(cluster.kubectl)).filter(({ metadata }) => metadata.labels["caravan.dev/pool"] === "default");
  return nodes.map(({ metadata, spec }) => ({ tier: metadata.labels.tier, taints: spec.taints ?? [] }));
}
