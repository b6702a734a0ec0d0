import { afterAll, beforeAll, expect, it } from "vitest";
import { onDevcloud } from "../../../devcloud/environment.ts";
import { listNodes } from "../../../devcloud/nodes.ts";
import { up as startCloud } from "../../../devcloud/openstack/up.ts";
import { pulumi, stackOutput } from "../../../devcloud/stack.ts";
import { type Cluster, configure, createCluster, destroy, failureOf, up } from "../support/cluster.ts";
import { destroyBeside, upWithFailingCreates } from "../support/failing-creates.ts";
import { openstack } from "../support/openstack.ts";
import { endpointTargets, TARGETABLE } from "../support/targets.ts";

const name = "e2e-dns";
const zone = "clusters.test.";
const endpoint = { type: "floatingIp", allowedCidrs: ["172.24.4.0/22"] };
let cluster: Cluster;

beforeAll(async () => {
  await startCloud({ parts: ["designate"] });
  await openstack(["zone", "create", "--email", `hostmaster@${zone.slice(0, -1)}`, zone]);
  cluster = await createCluster(name, 1, { "caravan:pools": {}, "caravan:apiEndpoint": { ...endpoint, dns: { zone } } });
});

afterAll(async () => {
  if (cluster) await destroy(cluster.stack);
  await openstack(["zone", "delete", zone]);
});

it("gives the API a name that resolves to its floating IP", async () => {
  const servers = await openstack<{ Networks: Record<string, string[]> }[]>(["server", "list", "--name", `^${name}-`]);
  const [address] = (await onDevcloud(["getent", "hosts", `${name}.clusters.test`], { deadline: 30 })).split(" ");
  expect(servers.flatMap(({ Networks }) => Object.values(Networks).flat())).toContain(address);
});

it("uses the name in the kubeconfig, and the API's certificate has it", async () => {
  expect(await stackOutput(cluster.stack, "endpoint")).toBe(`https://${name}.clusters.test:6443`);
  expect(await stackOutput(cluster.stack, "kubeconfig")).toContain(`server: https://${name}.clusters.test:6443`);
  expect((await listNodes(cluster.kubectl)).map(({ metadata }) => metadata.name)).toEqual([`${name}-control-plane-0`]);
});

it("has no changes in the next run", async () => {
  expect(await up(cluster.stack)).toEqual({ same: expect.any(Number) });
});

it("removes the record of a failed creation, which Designate would refuse to create again", async () => {
  const cluster = `${name}-failed`;
  const config = { ...TARGETABLE, "caravan:pools": {}, "caravan:apiEndpoint": { ...endpoint, dns: { zone } } };
  const stack = await configure(cluster, config);
  const targets = endpointTargets(cluster);
  try {
    const output = await failureOf(upWithFailingCreates(stack, { service: "dns", collections: ["recordsets"], targets, config }));
    expect(output).toContain("Error creating openstack_dns_recordset_v2");
    const before = await records(cluster);
    expect(before).toHaveLength(1);
    expect(await upWithFailingCreates(stack, { service: "dns", collections: [], targets, config })).toContain("removing the DNS record ");
    const after = await records(cluster);
    expect(after).toHaveLength(1);
    expect(after[0]!.id).not.toBe(before[0]!.id);
  } finally {
    await destroyBeside(stack, "dns");
  }
  expect(await records(cluster)).toEqual([]);
});

it("names a missing zone", async () => {
  const dns = { zone: "elsewhere.test" };
  const stack = await configure(`${name}-elsewhere`, { "caravan:pools": {}, "caravan:apiEndpoint": { ...endpoint, dns } });
  const output = await failureOf(pulumi(stack, ["preview"], { deadline: 120 })).finally(() => destroy(stack));
  expect(output).toContain('DNS zone "elsewhere.test" cannot be used: give the name or id of one that `openstack zone list` shows');
});

/** Lists the A records of a cluster in the zone. */
async function records(cluster: string): Promise<{ id: string; name: string }[]> {
  const all = await openstack<{ id: string; name: string; type: string }[]>(["recordset", "list", "--type", "A", zone]);
  return all.filter((record) => record.name === `${cluster}.${zone}`);
}
