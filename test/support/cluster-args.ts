/** An id, as OpenStack writes it. */
export const ID = "3fa85f64-5717-4562-b3fc-2c963f66afa6";

/** Machine with an image and a flavor. */
export const machine = { image: "node", flavor: "node.small" };

/** Smallest valid cluster: one control plane with a floating IP, and two workers. */
export const mini = {
  network: { externalNetwork: "public", cidr: "10.40.0.0/16" },
  apiEndpoint: { type: "floatingIp" as const, allowedCidrs: ["198.51.100.0/24"] },
  controlPlane: { machine },
  pools: { default: { count: 2, machine } },
};
