import type { Session } from "./session.ts";

/** Server, with the fields that `status` shows. */
export interface Server {
  name: string;
  status: string;
  addresses: string[];
}

/** Lists the servers of all projects. */
export async function listServers(session: Session): Promise<Server[]> {
  type Answer = { servers: { name: string; status: string; addresses: Record<string, { addr: string }[]> }[] };
  const { servers } = await session.request<Answer>("compute", "GET", "/servers/detail?all_tenants=true");
  return servers.map(({ name, status, addresses }) => ({
    name,
    status,
    addresses: Object.values(addresses).flatMap((ports) => ports.map((port) => port.addr)),
  }));
}
