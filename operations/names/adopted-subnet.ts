import type { AnyOf } from "../../lib/any-of.ts";
import type { NetworkSettings } from "../../lib/network/settings.ts";
import type { Problems } from "../../lib/problems.ts";
import type { Listed } from "./kinds.ts";

/** Subnet in Neutron's listing. */
export interface Subnet extends Listed {
  network_id: string;
  cidr: string;
}

/** Checks that an adopted subnet is one of the adopted network, and has the addresses that are given for it. */
export function checkSubnet({ adopt, cidr }: AnyOf<NetworkSettings>, subnets: readonly Subnet[], problems: Problems): void {
  const subnet = subnets.find(({ id }) => id === adopt?.subnetId);
  if (!adopt || !subnet) return;
  if (typeof adopt.networkId === "string" && subnet.network_id !== adopt.networkId)
    problems.add("network.adopt.subnetId", `"${subnet.id}" is a subnet of the network ${subnet.network_id}; give one of adopt.networkId`);
  if (subnet.cidr !== cidr) problems.add("network.cidr", `${cidr} is not that of the subnet; write ${subnet.cidr}`);
}
