import type { FaultSettings } from "../../fake-openstack/faults.ts";
import type { HostFaults } from "../../hollow-nodes/ssh/hosts.ts";

const SERVERS = "/compute/v2.1/servers";

/** The calls of which there are more, the larger a cluster is. */
const MANY = [`POST ${SERVERS}`, `GET ${SERVERS}/{id}`];

/** One server in a hundred ends in ERROR; a burst of 429 meets their creation, and for a while one call about servers in fifty 503. */
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

/** In each five hundred workers, the first boot of one never ends, that of one takes longer, and the first join of one fails. */
export const HOST_FAULTS: HostFaults = {
  firstBootHangs: { every: 500, at: 40 },
  bootsLate: { every: 500, at: 20, seconds: 5 },
  joinFailsOnce: { every: 500, at: 10 },
};
