import type { FloatingIpSettings } from "../../../lib/network/settings.ts";
import type { PropertyRules } from "./rule.ts";

/** Rules of the properties of what has a floating IP. */
export const FLOATING_IP_RULES = {
  floatingIpAddress: {
    rule: "an address that nothing else uses",
    lookedUp: "Neutron",
    refused: [
      ["my-address", [': "my-address" is not an IPv4 address; write it like 203.0.113.10']],
      ["127.0.0.1", [": 127.0.0.1 is no address of a machine; write it like 203.0.113.10"]],
    ],
  },
  floatingIpSubnetIds: {
    rule: "ids, not names, at least one; not beside `floatingIpAddress`",
    lookedUp: "Neutron",
    refused: [
      [[], [": is not allowed: Too small: expected array to have >=1 items"]],
      [["public-1"], ['[0]: "public-1" is not the id of a subnet; give the one that `openstack subnet list` shows, not the name']],
    ],
  },
} satisfies PropertyRules<FloatingIpSettings>;
