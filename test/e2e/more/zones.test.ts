import { afterAll, beforeAll, expect, it } from "vitest";
import { stackOutput } from "../../../devcloud/stack.ts";
import { type Cluster, configure, createCluster, destroy, up } from "../support/cluster.ts";
import { asAdministrator, openstack } from "../support/openstack.ts";
import { type Machine, sshOf, sshTo } from "../support/ssh.ts";

/**
 * Zones, labels of nodes and further settings of machines on a real Nova. devcloud has one compute service, and so one availability zone;
 * that machines are spread over several is seen on the fake one (test/engine/zones.test.ts).
 */
const CLUSTER = "e2e-zones";
const GROUP = "e2e-zones-extra";
const ZONES = ["nova"];
const SECRET = "a secret of this test";

const setup = {
  files: [{ path: "/etc/e2e/secret", content: SECRET, permissions: "0640", owner: "root:root" }],
  preKubeadmCommands: ["test ! -e /etc/kubernetes/kubelet.conf; cp /etc/e2e/secret /run/e2e-before"],
  postKubeadmCommands: ["test -e /etc/kubernetes/kubelet.conf; echo once >>/var/log/e2e-after"],
};

let cluster: Cluster;
let group: string;
let controlPlane: Machine;
let worker: Machine;

const machine = (flavor: string) => ({ image: "node", flavor, availabilityZones: ZONES, securityGroups: [group] });
const settings = (more: object = {}) => ({
  "caravan:controlPlane": { count: 1, machine: machine("node.medium"), ...setup, ...more },
  "caravan:pools": { default: { count: 1, machine: machine("node.small"), ...setup } },
});

beforeAll(async () => {
  group = (await openstack<{ id: string }>(["security", "group", "create", GROUP])).id;
  cluster = await createCluster(CLUSTER, 2, settings());
  const [node] = await stackOutput<{ name: string; address: string }[]>(cluster.stack, "controlPlanes");
  controlPlane = await sshTo(cluster, node!);
  worker = await sshOf(cluster, "default");
});

afterAll(async () => {
  if (cluster) await destroy(cluster.stack);
  if (group) await asAdministrator(["security", "group", "delete", group]);
});

it("labels all nodes with their zone and region", async () => {
  const path =
    "jsonpath={range .items[*]}{.metadata.labels.topology\\.kubernetes\\.io/zone} {.metadata.labels.topology\\.kubernetes\\.io/region}{'\\n'}{end}";
  const labels = (await cluster.kubectl(["get", "nodes", "--output", path])).trim().split("\n");
  expect(labels).toEqual(["nova RegionOne", "nova RegionOne"]);
});

it("gives machines the further security group", async () => {
  for (const { name } of [controlPlane, worker]) {
    const server = await openstack<{ security_groups: { name: string }[] }>(["server", "show", name]);
    expect(server.security_groups.map((each) => each.name)).toContain(GROUP);
  }
});

it("has written the files and run the commands on each machine, once", async () => {
  for (const each of [controlPlane, worker]) {
    const state = await each.run("cat /etc/e2e/secret /run/e2e-before; stat --format %a /etc/e2e/secret; cat /var/log/e2e-after");
    expect(state.trim()).toBe(`${SECRET}${SECRET}640\nonce`);
  }
});

it("changes names of the certificate, the taint and files in place, without a restart of the API server and without commands", async () => {
  const apiServer = "pgrep --full '^kube-apiserver '";
  const before = await controlPlane.run(apiServer);
  const files = [{ ...setup.files[0]!, content: "another secret" }];
  await configure(CLUSTER, settings({ files, certSANs: ["k8s.example.com", "192.0.2.77"], schedulable: true }));
  await up(cluster.stack);
  expect(await controlPlane.run(apiServer)).toBe(before);
  const names = "openssl s_client -connect 127.0.0.1:6443 </dev/null 2>/dev/null | openssl x509 -noout -ext subjectAltName";
  await expect.poll(() => controlPlane.run(names), { timeout: 120_000, interval: 5000 }).toMatch(/k8s\.example\.com.*192\.0\.2\.77/s);
  expect((await controlPlane.run("cat /etc/e2e/secret; wc -l </var/log/e2e-after")).trim()).toBe("another secret1");
  const taints = ["get", "node", controlPlane.name, "--output", "jsonpath={.spec.taints}"];
  expect(await cluster.kubectl(taints)).toBe("");
});

it("has nothing to change afterwards, not even by what Nova reports", async () => {
  expect(Object.keys(await up(cluster.stack, ["--refresh"]))).toEqual(["same"]);
});
