import fc from "fast-check";
import { expect, it } from "vitest";
import { checkCidr, checkCidrs, checkOverlaps, checkPodCapacity, machineCapacity, prefixOf } from "../../../lib/network/cidr.ts";
import { problemsOf } from "../../support/problems.ts";

const overlaps = (networks: Record<string, string>) => problemsOf((problems) => checkOverlaps(networks, problems));
const capacity = (podCidr: string, nodeMask: number, nodes: number) =>
  problemsOf((problems) => checkPodCapacity("podCidr", podCidr, nodeMask, nodes, problems));

/** Networks in 10.0.0.0/8, many of which overlap. */
const network = fc.record({ place: fc.nat(2 ** 24 - 1), prefix: fc.integer({ min: 8, max: 32 }) }).map(({ place, prefix }) => {
  const first = place - (place % 2 ** (32 - prefix));
  return `10.${first >> 16}.${(first >> 8) & 255}.${first & 255}/${prefix}`;
});

it.each(["0.0.0.0/0", "10.40.0.0/16", "192.0.2.7/32"])("accepts %s as a network", (cidr) => {
  expect(problemsOf((problems) => checkCidr("cidr", cidr, problems))).toEqual([]);
});

it.each(["", "10.40.0.0", "10.40.0.0/", "10.40.0.0/33", "10.40.0.256/16", "10.40.0.0/16/8", "10.40.0.0/1e1", "fd00::/8", "public"])(
  "refuses %j, which is no network",
  (cidr) => {
    expect(problemsOf((problems) => checkCidr("cidr", cidr, problems))).toEqual([
      `cidr: "${cidr}" is not an IPv4 network in CIDR form; write it like 10.40.0.0/16`,
    ]);
  },
);

it("accepts every network in its usual form", () => {
  fc.assert(fc.property(network, (cidr) => void expect(problemsOf((problems) => checkCidr("cidr", cidr, problems))).toEqual([])));
});

it.each([
  ["10.40.0.1/16", "10.40.0.0/16"],
  ["192.0.2.130/25", "192.0.2.128/25"],
  ["10.0.0.0/08", "10.0.0.0/8"],
  ["192.0.2.7/0", "0.0.0.0/0"],
])("refuses %s, which OpenStack writes as %s", (cidr, network) => {
  expect(problemsOf((problems) => checkCidr("cidr", cidr, problems))).toEqual([
    `cidr: "${cidr}" is not how its network is written; write ${network}`,
  ]);
});

it("names each bad or repeated network of a list", () => {
  const cidrs = ["10.0.0.0/8", "here", "10.0.0.0/8", "here"];
  expect(problemsOf((problems) => checkCidrs("allowedCidrs", cidrs, problems))).toEqual([
    'allowedCidrs[1]: "here" is not an IPv4 network in CIDR form; write it like 10.40.0.0/16',
    'allowedCidrs[2]: "10.0.0.0/8" is named twice; name each network once',
    'allowedCidrs[3]: "here" is not an IPv4 network in CIDR form; write it like 10.40.0.0/16',
  ]);
});

it("names each pair of networks that share addresses", () => {
  expect(overlaps({ nodes: "10.0.0.0/8", pods: "10.244.0.0/16", services: "10.244.128.0/17", far: "192.0.2.0/24" })).toEqual([
    "pods: 10.244.0.0/16 overlaps nodes 10.0.0.0/8; choose a range that shares no address with it",
    "services: 10.244.128.0/17 overlaps nodes 10.0.0.0/8; choose a range that shares no address with it",
    "services: 10.244.128.0/17 overlaps pods 10.244.0.0/16; choose a range that shares no address with it",
  ]);
});

it("finds no overlap between neighbours", () => {
  expect(overlaps({ one: "10.0.0.0/9", other: "10.128.0.0/9" })).toEqual([]);
});

it("finds that every network overlaps itself", () => {
  fc.assert(fc.property(network, (cidr) => void expect(overlaps({ one: cidr, other: cidr })).toHaveLength(1)));
});

it("finds an overlap whichever of two networks comes first, and only when they share an address", () => {
  fc.assert(
    fc.property(network, network, (one, other) => {
      const [first, second] = [range(one), range(other)];
      const shared = first.start <= second.end && second.start <= first.end;
      expect(overlaps({ one, other }).length > 0).toBe(shared);
      expect(overlaps({ other, one }).length > 0).toBe(shared);
    }),
  );
});

it("accepts as many nodes as a pod network has blocks", () => {
  expect(capacity("10.244.0.0/16", 24, 256)).toEqual([]);
  expect(capacity("10.244.0.0/16", 24, 257)).toEqual([
    "podCidr: 10.244.0.0/16 has 256 blocks of /24, too few for 257 nodes; use a prefix of at most /15",
  ]);
});

it("requires a /14 of /24 blocks for 1,019 nodes", () => {
  expect(capacity("10.0.0.0/14", 24, 1019)).toEqual([]);
  expect(capacity("10.0.0.0/15", 24, 1019)).toHaveLength(1);
});

it("refuses a pod network that is smaller than one node's block", () => {
  expect(capacity("10.244.0.0/25", 24, 1)).toEqual([
    "podCidr: 10.244.0.0/25 is smaller than the /24 block of a single node; use a prefix of at most /24",
  ]);
});

it("refuses a pod network that is too large for its blocks in kubeadm", () => {
  expect(capacity("10.0.0.0/8", 24, 1)).toEqual([]);
  expect(capacity("10.0.0.0/8", 25, 1)).toEqual([
    "podCidr: 10.0.0.0/8 divided into /25 blocks makes 2^17 of them; kubeadm allows 2^16, so use a prefix of at least /9",
  ]);
});

it("suggests a prefix that is accepted", () => {
  fc.assert(
    fc.property(fc.integer({ min: 16, max: 28 }), fc.integer({ min: 2, max: 5000 }), (nodeMask, nodes) => {
      const [problem = ""] = capacity(`10.0.0.0/${nodeMask}`, nodeMask, nodes);
      const advised = /at most \/(\d+)$/.exec(problem)?.[1];
      expect(capacity(`10.0.0.0/${advised}`, nodeMask, nodes)).toEqual([]);
    }),
  );
});

it("counts the addresses that machines can have", () => {
  expect(machineCapacity("10.40.0.0/24")).toBe(252);
  expect(machineCapacity("10.40.0.0/29")).toBe(4);
  expect(machineCapacity("10.40.0.0/30")).toBe(0);
  expect(machineCapacity("10.40.0.0/32")).toBe(0);
});

it("returns the prefix of a network", () => {
  expect(prefixOf("10.96.0.0/12")).toBe(12);
});

function range(cidr: string): { start: number; end: number } {
  const [address = "", prefix] = cidr.split("/");
  const start = address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
  return { start, end: start + 2 ** (32 - Number(prefix)) - 1 };
}
