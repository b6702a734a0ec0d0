import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { onDevcloud } from "../../../devcloud/environment.ts";
import { waitForNodes } from "../../../devcloud/nodes.ts";
import { pulumi } from "../../../devcloud/stack.ts";
import { checkTraffic } from "../../../devcloud/traffic.ts";
import { type Cluster, configure, createCluster, destroy, failureOf, uidsOf, up } from "../support/cluster.ts";
import { openstack } from "../support/openstack.ts";
import { makeOutside, type Outside, onServer, removeOutside } from "../support/outside.ts";
import { sshOf } from "../support/ssh.ts";

// Machines that reboot all at once, run out of disk, or have another time.
const STACK = "e2e-rough";
const OUTSIDE = "e2e-rough-outside";
const CIDR = "10.44.0.0/24";
const UP = ["up", "--yes", "--skip-preview"];

let outside: Outside;
let cluster: Cluster;

beforeAll(async () => {
  await removeOutside(OUTSIDE);
  outside = await makeOutside(OUTSIDE, CIDR);
  cluster = await createCluster(STACK, 3, changes());
});

afterAll(async () => {
  if (cluster) await destroy(cluster.stack);
  await removeOutside(OUTSIDE);
});

function changes(pools: Record<string, unknown> = {}, more: Record<string, unknown> = {}): Record<string, unknown> {
  const { networkId, subnetId } = outside;
  const network = { adopt: { networkId, subnetId }, cidr: CIDR, externalNetwork: "public" };
  const first = { count: 2, machine: { image: "node", flavor: "node.small" } };
  return { "caravan:network": network, "caravan:pools": { default: first, ...pools }, ...more };
}

/** Pool with the outside server. */
function imported() {
  const { name, address, privateKey } = outside;
  return { outside: { imported: [{ name, address }], ssh: { privateKey } } };
}

async function failureOfImport(): Promise<string> {
  await configure(STACK, changes(imported()));
  return failureOf(pulumi(cluster.stack, UP, { deadline: 600 }));
}

it("has nothing to do after all machines were rebooted at once", async () => {
  const before = await uidsOf(cluster);
  const servers = await openstack<{ ID: string; Name: string }[]>(["server", "list"]);
  const own = servers.filter(({ Name }) => Name.startsWith(`${STACK}-control-plane`) || Name.startsWith(`${STACK}-default`));
  expect(own).toHaveLength(3);
  await Promise.all(own.map(({ ID }) => onDevcloud(["openstack", "server", "reboot", "--hard", "--wait", ID], { deadline: 300 })));
  // Nodes stay ready until their leases end.
  await setTimeout(60_000);
  await waitForNodes(cluster.kubectl, 3);
  expect(Object.keys(await up(cluster.stack))).toEqual(["same"]);
  expect(await uidsOf(cluster)).toEqual(before);
  expect(await checkTraffic(cluster.kubectl)).toHaveLength(2);
});

it("says that a node's disk is full, and continues when there is room", async () => {
  const node = await sshOf(cluster, "default");
  // With the kubelet running, it would remove container images, which no registry has here.
  await node.run("systemctl stop kubelet; dd if=/dev/zero of=/root/filler bs=1M status=none || true; sync");
  const more = { "caravan:sysctls": { "vm.max_map_count": 262145 } };
  await configure(STACK, changes({}, more));
  const failure = await failureOf(pulumi(cluster.stack, UP, { deadline: 600 }));
  expect(failure).toMatch(/failed: .*; its last lines are above; its disk is full: \/ has \d MiB left/);
  await node.run("rm /root/filler; systemctl start kubelet");
  await up(cluster.stack);
  await waitForNodes(cluster.kubectl, 3);
  expect(await node.run("sysctl --values vm.max_map_count")).toBe("262145\n");
});

it("refuses a server with another time and a full disk, names both, and changes nothing there", async () => {
  // All machines of devcloud have one clock, so this one's program tells another time.
  await onServer(
    outside,
    "printf '#!/bin/sh\\necho $(($(/usr/bin/date +%%s) + 3600))\\n' >/usr/local/bin/date && chmod +x /usr/local/bin/date",
  );
  await onServer(outside, "fallocate --length $(($(df --output=avail --block-size=1 / | tail -n 1) - 100000000)) /root/filler");
  const failure = await failureOfImport();
  expect(failure).toMatch(/unfit: its disk is full: 9\d % of \/var\/lib are in use, and from 90 % on the kubelet runs no pods/);
  expect(failure).toMatch(/unfit: its clock differs by 3[56]\d\d s from the one of the machine that runs Pulumi/);
  expect(await onServer(outside, "ls /etc/sysctl.d/90-caravan.conf 2>/dev/null || true")).toBe("");
});

it("imports the server when both are in order", async () => {
  await onServer(outside, "rm /root/filler /usr/local/bin/date");
  await configure(STACK, changes(imported()));
  await up(cluster.stack);
  await waitForNodes(cluster.kubectl, 4);
});
