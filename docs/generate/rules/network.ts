import type { AdoptedIds, AdoptedNetworkSettings, OwnNetworkSettings } from "../../../lib/network/settings.ts";
import type { TypeRules } from "./rule.ts";
import { ADOPTED, MINI } from "./surroundings.ts";

/** Rules of the types of networks, by type. */
export const NETWORK_RULES = {
  OwnNetworkSettings: {
    within: MINI,
    at: ["network"],
    rules: {
      externalNetwork: { lookedUp: "Neutron", refused: [["", [': "" is not allowed: must be a text that is not empty']]] },
      cidr: {
        rule: "an IPv4 network apart from those of pods and Services, with room for the machines",
        refused: [
          ["10.40.0.0", [': "10.40.0.0" is not an IPv4 network in CIDR form; write it like 10.40.0.0/16']],
          ["10.40.0.0/31", [": 10.40.0.0/31 has room for 0 machines, too few for 3; use a shorter prefix"]],
          ["169.254.0.0/20", [": 169.254.0.0/20 has no addresses that can be used; choose a private network, like 10.40.0.0/16"]],
        ],
      },
      dnsServers: {
        rule: "at most 5 IPv4 addresses, each once, none of pods or Services",
        refused: [
          [["dns.example.com"], ['[0]: "dns.example.com" is not an IPv4 address; write it like 192.0.2.53']],
          [["192.0.2.53", "192.0.2.53"], ["[1]: 192.0.2.53 is named twice; name each server once"]],
          [
            ["10.96.0.10"],
            ["[0]: 10.96.0.10 is in serviceCidr 10.96.0.0/12, so nodes would not reach it; use an address outside, or another serviceCidr"],
          ],
          [["127.0.0.53"], ["[0]: 127.0.0.53 is no address of a machine; write it like 192.0.2.53"]],
          [
            ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.5", "192.0.2.6"],
            [": has 6 servers; a subnet takes at most 5, so leave some out"],
          ],
        ],
      },
      router: {
        rule: "an id, not a name",
        lookedUp: "Neutron",
        refused: [
          ["my-router", [': "my-router" is not the id of a router; give the one that `openstack router list` shows, not the name']],
        ],
      },
      nodeCidrs: {
        rule: "IPv4 networks, each once, apart from those of pods and Services",
        refused: [
          [["10.50.0.0/24", "10.50.0.0/24"], ['[1]: "10.50.0.0/24" is named twice; name each network once']],
          [
            ["10.244.3.0/24"],
            ["podCidr: 10.244.0.0/16 overlaps network.nodeCidrs[0] 10.244.3.0/24; choose a range that shares no address with it"],
          ],
        ],
      },
      nodePortCidrs: {
        rule: "IPv4 networks, each once",
        refused: [[["203.0.113.9/24"], ['[0]: "203.0.113.9/24" is not how its network is written; write 203.0.113.0/24']]],
      },
    },
  } satisfies TypeRules<OwnNetworkSettings>,
  AdoptedNetworkSettings: {
    within: ADOPTED,
    at: ["network"],
    rules: {
      adopt: { refused: [["net", [': "net" is not allowed: expected object, received string']]] },
      cidr: {
        rule: "that of the subnet; otherwise like that of an own network",
        lookedUp: "Neutron",
        refused: [
          ["10.96.0.0/16", ["serviceCidr: 10.96.0.0/12 overlaps network.cidr 10.96.0.0/16; choose a range that shares no address with it"]],
        ],
      },
      externalNetwork: {
        rule: "needed for a floating IP",
        lookedUp: "Neutron",
        refused: [[undefined, [': is missing; an API endpoint of type "floatingIp" is taken from there, so name the external network']]],
      },
      workerPorts: {
        rule: "false only for a network with one IPv4 subnet",
        lookedUp: "Neutron",
        refused: [["no", [': "no" is not allowed: expected boolean, received string']]],
      },
      openTo: { refused: [["all", [': "all" is not allowed: use "nodes" or "network"']]] },
      nodeCidrs: {
        rule: "IPv4 networks, each once, apart from those of pods and Services",
        refused: [
          [
            ["10.96.1.0/24"],
            ["serviceCidr: 10.96.0.0/12 overlaps network.nodeCidrs[0] 10.96.1.0/24; choose a range that shares no address with it"],
          ],
        ],
      },
      nodePortCidrs: {
        rule: "IPv4 networks, each once",
        refused: [[["203.0.113.9/24"], ['[0]: "203.0.113.9/24" is not how its network is written; write 203.0.113.0/24']]],
      },
    },
  } satisfies TypeRules<AdoptedNetworkSettings>,
  AdoptedIds: {
    within: ADOPTED,
    at: ["network", "adopt"],
    rules: {
      networkId: {
        rule: "an id, not a name",
        lookedUp: "Neutron",
        refused: [
          ["my-network", [': "my-network" is not the id of a network; give the one that `openstack network list` shows, not the name']],
        ],
      },
      subnetId: {
        rule: "an id, not a name; a subnet of the network",
        lookedUp: "Neutron",
        refused: [
          ["my-subnet", [': "my-subnet" is not the id of a subnet; give the one that `openstack subnet list` shows, not the name']],
        ],
      },
      routerId: {
        rule: "an id, not a name",
        lookedUp: "Neutron",
        refused: [
          ["my-router", [': "my-router" is not the id of a router; give the one that `openstack router list` shows, not the name']],
        ],
      },
    },
  } satisfies TypeRules<AdoptedIds>,
};
