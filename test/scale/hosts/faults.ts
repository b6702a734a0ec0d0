import type { FaultSettings } from "../openstack/faults.ts";
import type { HostFaults } from "./hosts.ts";

const CREATE_SERVER = "POST /compute/v2.1/servers";

/** One server in a hundred ends in ERROR, one call in fifty with 503, and a burst of 429 meets the creation of servers. */
export const CLOUD_FAULTS: Partial<FaultSettings> = {
  errorServers: 0.01,
  requests: [
    { effect: { status: 429, retryAfter: 1 }, limit: 10, call: CREATE_SERVER },
    { effect: { status: 503 }, share: 0.02 },
  ],
};

/** One worker in forty never ends its first boot, one boots late, and the first join of one fails. */
export const HOST_FAULTS: HostFaults = {
  firstBootHangs: { every: 40 },
  bootsLate: { every: 15, seconds: 5 },
  joinFailsOnce: { every: 25 },
};
