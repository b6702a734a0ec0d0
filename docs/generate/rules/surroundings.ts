import type { Surroundings } from "./rule.ts";

/** Id, as OpenStack writes it. */
const ID = "3fa85f64-5717-4562-b3fc-2c963f66afa6";

const machine = { image: "node", flavor: "node.small" };
const allowedCidrs = ["198.51.100.0/24"];

/** Smallest cluster: one control plane with a floating IP, and two workers. */
export const MINI: Surroundings = {
  network: { externalNetwork: "public", cidr: "10.40.0.0/16" },
  apiEndpoint: { type: "floatingIp", allowedCidrs },
  controlPlane: { machine },
  pools: { default: { count: 2, machine } },
};

/** The same with a network that exists. */
export const ADOPTED: Surroundings = {
  ...MINI,
  network: { adopt: { networkId: ID, subnetId: ID }, cidr: "10.40.0.0/16", externalNetwork: "public" },
};

/** The same with other endpoints. */
export const VIP: Surroundings = { ...MINI, apiEndpoint: { type: "vip", allowedCidrs } };
export const OCTAVIA: Surroundings = { ...MINI, apiEndpoint: { type: "octavia", allowedCidrs } };
export const OVN: Surroundings = { ...MINI, apiEndpoint: { type: "octavia", provider: "ovn", allowedCidrs } };
export const EXTERNAL: Surroundings = { ...MINI, apiEndpoint: { type: "external", host: "api.example.com", allowedCidrs } };

/** The same with an etcd on machines of its own. */
export const EXTERNAL_ETCD: Surroundings = { ...VIP, etcd: { topology: "external", machine } };

/** The same with Flannel. */
export const FLANNEL: Surroundings = { ...MINI, cni: { type: "flannel" } };

/** The same with an imported server. */
export const IMPORTED: Surroundings = {
  ...MINI,
  pools: { default: { count: 2, machine }, metal: { imported: [{ name: "dgx-1", address: "192.0.2.10" }] } },
};
