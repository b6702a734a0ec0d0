import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { checkQuota, QuotaShortage } from "../../../operations/quota/quota.ts";
import { RESOURCES } from "../../../operations/quota/resources.ts";
import { mini } from "../../support/cluster-args.ts";
import { type FakeOpenStack, PROJECT_ID } from "../../support/fake-openstack.ts";
import { startSignedIn } from "../../support/signed-in.ts";

const NETWORK_QUOTA = `/network/v2.0/quotas/${PROJECT_ID}/details.json`;
const SMALL = { original_name: "node.small", vcpus: 2, ram: 4096 };
const TAGS = ["caravan-cluster=demo"];
const VOLUME = { image: "node", flavor: "node.small", volume: { size: 20 } };

let cloud: FakeOpenStack;
let unchecked: string[];

beforeEach(async () => {
  cloud = await startSignedIn();
  unchecked = [];
  cloud.objects.flavors = [{ id: "f1", name: "node.small", vcpus: 2, ram: 4096 }];
  allow(100);
});

afterEach(() => {
  vi.unstubAllEnvs();
  cloud.stop();
});

/** Sets all quotas, each with some use. */
function allow(limit: number, used = 0): void {
  const names = ["Instances", "Cores", "RAMSize"].map((name) => [`maxTotal${name}`, name === "RAMSize" ? limit * 1024 : limit]);
  const uses = ["Instances", "Cores", "RAM", "ServerGroups"].map((name) => [`total${name}Used`, name === "RAM" ? used * 1024 : used]);
  const others = { maxServerGroups: limit, maxServerGroupMembers: limit };
  cloud.answers.set("/compute/limits", { limits: { absolute: { ...Object.fromEntries([...names, ...uses]), ...others } } });
  const network = ["network", "subnet", "router", "port", "floatingip", "security_group", "security_group_rule"];
  const detail = { limit, used: used - (used > 0 ? 1 : 0), reserved: used > 0 ? 1 : 0 };
  cloud.answers.set(NETWORK_QUOTA, { quota: Object.fromEntries(network.map((name) => [name, detail])) });
  const volumes = { maxTotalVolumes: limit, totalVolumesUsed: used, maxTotalVolumeGigabytes: limit, totalGigabytesUsed: used };
  cloud.answers.set("/volumev3/limits", { limits: { absolute: volumes } });
}

/** Puts a complete cluster of the smallest size into the cloud. */
function makeCluster(): void {
  const server = (name: string) => ({ id: name, name, flavor: SMALL, tags: TAGS });
  cloud.objects.servers = ["demo-control-plane-0", "demo-default-0-1234567", "demo-default-1-89abcde"].map(server);
  for (const key of ["ports", "networks", "subnets", "routers", "floatingips"]) cloud.objects[key] = [{ id: key, tags: TAGS }];
  const rules = (ingress: number) => ["egress", "egress", ...Array(ingress).fill("ingress")].map((direction) => ({ direction }));
  cloud.objects.security_groups = [1, 2].map((ingress) => ({ id: `g${ingress}`, tags: TAGS, security_group_rules: rules(ingress) }));
}

const check = (changes: object = {}) =>
  checkQuota("demo", { ...mini, ...changes }, { onUnchecked: (message) => void unchecked.push(message) });

it("accepts a cluster that fits", async () => {
  await check();
  expect(unchecked).toEqual([]);
});

it("names every shortage with its numbers and remedy", async () => {
  allow(9, 8);
  const failure = await check().catch((error: Error) => error);
  expect(failure).toBeInstanceOf(QuotaShortage);
  expect((failure as QuotaShortage).message).toBe(
    [
      'Kubernetes cluster "demo" does not fit into the quota of its OpenStack project:',
      "  instances: 3 needed, 8 of 9 used, 2 missing; ask for a quota of 11, or have fewer nodes",
      "  cores: 6 needed, 8 of 9 used, 5 missing; ask for a quota of 14, or have fewer nodes or smaller flavors",
      "  MiB of RAM: 12288 needed, 8192 of 9216 used, 11264 missing; ask for a quota of 20480, or have fewer nodes or smaller flavors",
      "  ports: 5 needed, 8 of 9 used, 4 missing; ask for a quota of 13, or have fewer nodes",
      "  security groups: 2 needed, 8 of 9 used, 1 missing; ask for a quota of 10, or delete some that nobody uses",
      "  security group rules: 7 needed, 8 of 9 used, 6 missing; ask for a quota of 15, or name fewer networks in allowedCidrs",
    ].join("\n"),
  );
  expect((failure as QuotaShortage).shortages).toHaveLength(6);
});

it("requests only the cluster's own objects when it is complete, whatever the quota", async () => {
  makeCluster();
  allow(0, 50);
  await check();
  expect(cloud.requests.sort()).toEqual([
    "GET /compute/servers/detail",
    "GET /network/v2.0/floatingips",
    "GET /network/v2.0/networks",
    "GET /network/v2.0/ports",
    "GET /network/v2.0/routers",
    "GET /network/v2.0/security-groups",
    "GET /network/v2.0/subnets",
    "POST /v3/auth/tokens",
  ]);
});

it("counts the needs of a third worker, and nothing of the rest or of other clusters", async () => {
  makeCluster();
  cloud.objects.servers!.push({ id: "x", name: "demo-default-2-1234567", flavor: SMALL, tags: ["caravan-cluster=other"] });
  allow(10, 10);
  await expect(check({ pools: { default: { count: 3, machine: mini.controlPlane.machine } } })).rejects.toThrow(
    [
      "instances: 1 needed, 10 of 10 used, 1 missing; ask for a quota of 11, or have fewer nodes",
      "  cores: 2 needed, 10 of 10 used, 2 missing; ask for a quota of 12, or have fewer nodes or smaller flavors",
      "  MiB of RAM: 4096 needed, 10240 of 10240 used, 4096 missing; ask for a quota of 14336, or have fewer nodes or smaller flavors",
      "  ports: 1 needed, 10 of 10 used, 1 missing; ask for a quota of 11, or have fewer nodes",
    ].join("\n"),
  );
});

it("requests Cinder's limits only for volumes", async () => {
  await check();
  expect(cloud.requests).not.toContain("GET /volumev3/limits");
  allow(50, 20);
  await expect(check({ controlPlane: { machine: { ...VOLUME, volume: { size: 40 } } } })).rejects.toThrow(
    "project:\n  GiB of volumes: 40 needed, 20 of 50 used, 10 missing; ask for a quota of 60, or have smaller volumes",
  );
});

it("counts the members of a server group against their own limit", async () => {
  const machine = { ...mini.controlPlane.machine, serverGroup: { policy: "anti-affinity" } };
  allow(60);
  const { limits } = cloud.answers.get("/compute/limits") as { limits: { absolute: Record<string, number> } };
  limits.absolute.maxServerGroupMembers = 10;
  await expect(check({ pools: { default: { count: 11, machine } } })).rejects.toThrow(
    "project:\n  members of one server group: 11 needed, 0 of 10 used, 1 missing; ask for a quota of 11, or have fewer nodes in it",
  );
});

it("warns about limits that it may not read, and checks the rest", async () => {
  allow(2);
  cloud.refusals.set(NETWORK_QUOTA, [403]);
  await expect(check()).rejects.toThrow("instances: 3 needed");
  const what = "networks, subnets, routers, ports, floating IPs, security groups, security group rules";
  expect(unchecked).toEqual([`the quota of ${what} was not checked: GET ${cloud.url}${NETWORK_QUOTA}: 403 refused by the test`]);
});

it.each([
  ["/compute/os-server-groups", "server groups"],
  ["/compute/flavors/detail", "cores, MiB of RAM"],
  ["/network/v2.0/networks", "networks"],
  ["/network/v2.0/ports", "ports"],
  ["/network/v2.0/security-groups", "security groups, security group rules"],
  ["/network/v2.0/floatingips", "floating IPs"],
])("checks all other rows when %s is refused", async (path, titles) => {
  allow(0);
  const machine = { ...mini.controlPlane.machine, serverGroup: { policy: "anti-affinity" } };
  const all = await check({ pools: { default: { count: 2, machine } } }).catch((error: QuotaShortage) => error.shortages);
  cloud.refusals.set(path, [403]);
  const failure = await check({ pools: { default: { count: 2, machine } } }).catch((error: Error) => error);
  const left = all!.filter(({ resource }) => !titles.split(", ").includes(RESOURCES[resource].title));
  expect((failure as QuotaShortage).shortages).toEqual(left);
  expect(left).toHaveLength(all!.length - titles.split(", ").length);
  expect(unchecked).toEqual([`the quota of ${titles} was not checked: GET ${cloud.url}${path}: 403 refused by the test`]);
});

it("checks all other rows when the cloud does not return one", async () => {
  allow(0);
  const answer = cloud.answers.get(NETWORK_QUOTA) as { quota: Record<string, unknown> };
  delete answer.quota.router;
  await expect(check()).rejects.toThrow("networks: 1 needed");
  expect(unchecked).toEqual(["the quota of routers was not checked: the cloud does not return it"]);
});

it("warns about a missing service", async () => {
  cloud.services = ["compute", "network"];
  await check({ controlPlane: { machine: VOLUME } });
  expect(unchecked).toEqual([
    'the quota of volumes, GiB of volumes was not checked: OpenStack has no public endpoint of the service "block-storage"; `openstack catalog list` shows those that there are',
  ]);
});

it("warns when it cannot sign in", async () => {
  cloud.refusals.set("/v3/auth/tokens", [401]);
  await check();
  expect(unchecked).toEqual([
    `the quota of the OpenStack project was not checked: POST ${cloud.url}/v3/auth/tokens: 401 refused by the test`,
  ]);
});

it("leaves invalid arguments to the component, which reports them", async () => {
  await check({ controlPlane: { count: 2, machine: {} } });
  expect(cloud.requests).toEqual([]);
});

it("is an error that Pulumi shows without a stack trace", () => {
  expect(new QuotaShortage("demo", [])).toHaveProperty("__pulumiRunError", true);
});
