import type { FaultSettings } from "../../fake-openstack/faults.ts";
import type { HostFaults } from "../../hollow-nodes/ssh/hosts.ts";

const SERVERS = "/compute/v2.1/servers";

/** Calls whose number grows with the cluster. */
const MANY = [`POST ${SERVERS}`, `GET ${SERVERS}/{id}`];

/**
 * Returns the cloud's faults. One server in a hundred ends in ERROR. A burst of 429 hits creations of servers. For a while, one call about
 * servers in fifty is answered with 503.
 */
export function cloudFaults(workers: number): Partial<FaultSettings> {
  const limit = Math.ceil(workers / 20);
  return {
    errorServers: 0.01,
    requests: [
      { effect: { status: 429, retryAfter: 1 }, limit: 10, call: `POST ${SERVERS}` },
      ...MANY.map((call) => ({ effect: { status: 503 }, share: 0.02, limit, call })),
    ],
  };
}

/** Faults of machines. Of each five hundred workers, one has a first boot that never ends, one boots late, and one fails its first join. */
export const HOST_FAULTS: HostFaults = {
  firstBootHangs: { every: 500, at: 40 },
  bootsLate: { every: 500, at: 20, seconds: 5 },
  joinFailsOnce: { every: 500, at: 10 },
};
