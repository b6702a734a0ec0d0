import type { ServiceName } from "./api.ts";

/** Limits of a project; -1 is no limit. */
export interface Quota {
  instances: number;
  cores: number;
  /** MiB. */
  ram: number;
  serverGroupMembers: number;
  volumes: number;
  /** GiB of all volumes. */
  gigabytes: number;
  networks: number;
  ports: number;
  securityGroupRules: number;
}

/** Behaviour of the fake cloud without faults. */
export interface CloudSettings {
  /** Milliseconds until an answer, by service, for reads and for writes. */
  latency: Record<ServiceName, { read: number; write: number }>;
  /** Seconds from the request for a server to ACTIVE, without the wait for a slot. */
  buildSeconds: number;
  /** Concurrency limit of builds. Further servers wait. */
  buildsAtOnce: number;
  /** Seconds from the request to delete a server to its end. */
  deleteSeconds: number;
  /** Seconds from the request to resize a server to VERIFY_RESIZE, and from the confirmation to ACTIVE. */
  resizeSeconds: number;
  /** Seconds from the request for a volume to available; the same for an extension and a removal. */
  volumeSeconds: number;
  /** Seconds until a volume is attached to a server, or detached. */
  attachSeconds: number;
  /** Seconds from a change of a load balancer to ACTIVE. */
  loadBalancerSeconds: number;
  /** Provider of load balancers that name none. With "ovn", what it cannot do is refused. */
  loadBalancerProvider: "amphora" | "ovn";
  /** Seconds for which a token is valid. */
  tokenSeconds: number;
  quota: Quota;
  flavors: { name: string; vcpus: number; ram: number; disk: number }[];
  images: string[];
}

/**
 * Settings measured on devcloud. Latencies are the tenth percentile of each service's log (2 cores; the median is several times that while
 * nodes run beside it). Build and deletion are the fastest of 56 and 50. The limit of builds is Nova's max_concurrent_builds for one host.
 * Block storage and resizes are guesses: devcloud's machines can have no volumes and cannot be resized.
 */
export const DEVCLOUD: CloudSettings = {
  latency: {
    identity: { read: 20, write: 100 },
    compute: { read: 85, write: 640 },
    network: { read: 35, write: 450 },
    image: { read: 30, write: 30 },
    "load-balancer": { read: 50, write: 200 },
    volumev3: { read: 50, write: 200 },
  },
  buildSeconds: 2.4,
  buildsAtOnce: 10,
  deleteSeconds: 2,
  resizeSeconds: 3,
  volumeSeconds: 1,
  attachSeconds: 1,
  loadBalancerSeconds: 1,
  loadBalancerProvider: "amphora",
  tokenSeconds: 3600,
  quota: {
    instances: -1,
    cores: -1,
    ram: -1,
    serverGroupMembers: -1,
    volumes: -1,
    gigabytes: -1,
    networks: -1,
    ports: -1,
    securityGroupRules: -1,
  },
  flavors: [
    { name: "node.small", vcpus: 1, ram: 1024, disk: 0 },
    { name: "node.medium", vcpus: 2, ram: 2048, disk: 0 },
  ],
  images: ["node"],
};

const NONE = { read: 0, write: 0 };

/** Settings without any delays, for tests of the answers. */
export const INSTANT: CloudSettings = {
  ...DEVCLOUD,
  latency: { identity: NONE, compute: NONE, network: NONE, image: NONE, "load-balancer": NONE, volumev3: NONE },
  buildSeconds: 0,
  deleteSeconds: 0,
  resizeSeconds: 0,
  volumeSeconds: 0,
  attachSeconds: 0,
  loadBalancerSeconds: 0,
};
