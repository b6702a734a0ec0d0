import { ensureNamed } from "./ensure.ts";
import type { Session } from "./session.ts";

const flavors = [
  { name: "node.small", vcpus: 1, ram: 1536 },
  { name: "node.medium", vcpus: 2, ram: 3072 },
  { name: "node.large", vcpus: 2, ram: 4096 },
];

/** Creates the objects that every project may use: flavors and the external network. */
export async function ensurePublicObjects(session: Session): Promise<void> {
  await Promise.all([
    // Disk 0 means the image's own size. A larger disk would have to be resized at each start.
    ...flavors.map((flavor) => ensureNamed(session, "compute", "/flavors", "flavor", { ...flavor, disk: 0 })),
    ensureExternalNetwork(session),
  ]);
}

async function ensureExternalNetwork(session: Session): Promise<void> {
  const network = await ensureNamed(session, "network", "/networks", "network", {
    name: "public",
    "router:external": true,
    "provider:network_type": "flat",
    "provider:physical_network": "public",
  });
  await ensureNamed(session, "network", "/subnets", "subnet", {
    name: "public",
    network_id: network.id,
    ip_version: 4,
    cidr: "172.24.4.0/22",
    gateway_ip: "172.24.4.1",
    enable_dhcp: false,
    allocation_pools: [{ start: "172.24.4.10", end: "172.24.7.250" }],
  });
}
