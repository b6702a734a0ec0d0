import type {
  CommonEndpointSettings,
  DnsSettings,
  ExternalEndpointSettings,
  FloatingIpEndpointSettings,
  LoadBalancerEndpointSettings,
  VirtualAddressEndpointSettings,
} from "../../../lib/api-endpoint/settings.ts";
import { FLOATING_IP_RULES } from "./floating-ip.ts";
import type { PropertyRules, TypeRules } from "./rule.ts";
import { EXTERNAL, MINI, OCTAVIA, OVN, VIP } from "./surroundings.ts";

/** Rules of the properties that endpoints of all types have. */
const COMMON_RULES = {
  allowedCidrs: {
    rule: "at least one IPv4 network, each once",
    refused: [
      [[], [': is empty, so nobody could reach the API; name the networks of its users, like ["198.51.100.0/24"]']],
      [["198.51.100.7/24"], ['[0]: "198.51.100.7/24" is not how its network is written; write 198.51.100.0/24']],
      [["198.51.100.0/24", "198.51.100.0/24"], ['[1]: "198.51.100.0/24" is named twice; name each network once']],
    ],
  },
  dns: { refused: [["api.example.com", [': "api.example.com" is not allowed: expected object, received string']]] },
} satisfies PropertyRules<CommonEndpointSettings>;

/** Rules of the types of the API's endpoint, by type. */
export const API_ENDPOINT_RULES = {
  FloatingIpEndpointSettings: {
    within: MINI,
    at: ["apiEndpoint"],
    rules: {
      type: {
        rule: "one control plane; needs `network.externalNetwork`",
        refused: [
          [
            "floatingIp",
            [': "floatingIp" reaches one control plane, not 3; use "octavia", "vip" or "external", or set controlPlane.count to 1'],
            { controlPlane: { count: 3, machine: { image: "node", flavor: "small" } } },
          ],
        ],
      },
      ...FLOATING_IP_RULES,
      ...COMMON_RULES,
    },
  } satisfies TypeRules<FloatingIpEndpointSettings>,
  VirtualAddressEndpointSettings: {
    within: VIP,
    at: ["apiEndpoint"],
    rules: {
      type: { refused: [["virtual", [': "virtual" is not allowed: use "floatingIp" or "vip" or "octavia" or "external"']]] },
      address: {
        rule: "in `network.cidr`; not the gateway's, which is the first of an own network",
        refused: [
          ["api", [': "api" is not an IPv4 address; write it like 10.40.0.5']],
          [
            "10.41.0.5",
            [": 10.41.0.5 is no address for a machine of the nodes' network 10.40.0.0/16; choose one of it that is not in use"],
          ],
          ["10.40.0.1", [": 10.40.0.1 is the gateway's in network.cidr 10.40.0.0/16; choose another address of it"]],
        ],
      },
      port: {
        rule: "none of etcd, Kubernetes, Cilium, NodePorts or `ssh.port`",
        refused: [
          [6443, [": 6443 is used on control planes by the API server itself; choose another port, like 8443"]],
          [30443, [": 30443 is used on control planes by services of type NodePort; choose another port, like 8443"]],
          [2222, [": 2222 is used on control planes by SSH; choose another port, like 8443"], { ssh: { port: 2222 } }],
          [70000, [": 70000 is not a TCP port; use 1 to 65535"]],
        ],
      },
      floatingIp: {
        rule: "true needs `network.externalNetwork` or `floatingIpAddress`; false has no settings of a floating IP",
        refused: [
          ["yes", [': "yes" is not allowed: expected boolean, received string']],
          [
            false,
            [": is false, and settings of a floating IP are given; leave it or them out"],
            { apiEndpoint: { type: "vip", allowedCidrs: ["198.51.100.0/24"], floatingIpAddress: "203.0.113.10" } },
          ],
        ],
      },
      ...FLOATING_IP_RULES,
      ...COMMON_RULES,
    },
  } satisfies TypeRules<VirtualAddressEndpointSettings>,
  LoadBalancerEndpointSettings: {
    within: OCTAVIA,
    at: ["apiEndpoint"],
    rules: {
      type: { refused: [["lbaas", [': "lbaas" is not allowed: use "floatingIp" or "vip" or "octavia" or "external"']]] },
      provider: { lookedUp: "Octavia", refused: [[7, [": 7 is not allowed: expected string, received number"]]] },
      algorithm: {
        rule: "needs `provider`; SOURCE_IP_PORT with ovn, any other with amphora",
        refused: [
          ["FASTEST", [': "FASTEST" is no algorithm of a load balancer; use LEAST_CONNECTIONS, ROUND_ROBIN, SOURCE_IP, SOURCE_IP_PORT']],
          [
            "LEAST_CONNECTIONS",
            [
              ': "LEAST_CONNECTIONS" is not possible with every provider; name the provider as well, like provider: amphora, or leave it out',
            ],
          ],
          [
            "LEAST_CONNECTIONS",
            [': "LEAST_CONNECTIONS" is not possible with the provider "ovn"; use SOURCE_IP_PORT, or leave it out'],
            OVN,
          ],
        ],
      },
      monitor: {
        rule: "HTTPS needs `provider`, and is not possible with ovn",
        refused: [
          ["PING", [': "PING" is no monitor of a load balancer; use HTTPS, TCP']],
          ["HTTPS", [': "HTTPS" is not possible with every provider; name the provider as well, like provider: amphora, or leave it out']],
          ["HTTPS", [': "HTTPS" is not possible with the provider "ovn"; use TCP, or leave it out'], OVN],
        ],
      },
      floatingIp: {
        rule: "true needs `network.externalNetwork` or `floatingIpAddress`; false has no settings of a floating IP",
        refused: [["yes", [': "yes" is not allowed: expected boolean, received string']]],
      },
      flavorId: {
        rule: "an id; not with the provider ovn",
        lookedUp: "Octavia",
        refused: [
          [
            "large",
            [
              ': "large" is not the id of a loadbalancer flavor; give the one that `openstack loadbalancer flavor list` shows, not the name',
            ],
          ],
        ],
      },
      zone: { lookedUp: "Octavia", refused: [["", [': "" is not allowed: must be a text that is not empty']]] },
      ...FLOATING_IP_RULES,
      ...COMMON_RULES,
    },
  } satisfies TypeRules<LoadBalancerEndpointSettings>,
  ExternalEndpointSettings: {
    within: EXTERNAL,
    at: ["apiEndpoint"],
    rules: {
      type: { refused: [["dns", [': "dns" is not allowed: use "floatingIp" or "vip" or "octavia" or "external"']]] },
      host: {
        rule: "a host name in lower case or an IPv4 address, without scheme and port; none of pods or Services; an address for `dns`",
        refused: [
          [
            "https://api.example.com",
            [': "https://api.example.com" is neither a host name in lower case nor an IPv4 address; write "api.example.com"'],
          ],
          [
            "api.example.com:6443",
            [
              ': "api.example.com:6443" is neither a host name in lower case nor an IPv4 address; write "api.example.com", and the port in `port`',
            ],
          ],
          ["API_1", [': "API_1" is neither a host name in lower case nor an IPv4 address; write it like api.example.com or 192.0.2.7']],
          [
            "10.0.0.300",
            [': "10.0.0.300" is neither a host name in lower case nor an IPv4 address; write it like api.example.com or 192.0.2.7'],
          ],
          [
            "10.96.0.5",
            [": 10.96.0.5 is in serviceCidr 10.96.0.0/12, so nodes would not reach it; use an address outside, or another serviceCidr"],
          ],
          ["127.0.0.1", [": 127.0.0.1 is no address of a machine; write it like 192.0.2.7"]],
        ],
      },
      port: { refused: [[0, [": 0 is not a TCP port; use 1 to 65535"]]] },
      ...COMMON_RULES,
    },
  } satisfies TypeRules<ExternalEndpointSettings>,
  DnsSettings: {
    within: MINI,
    at: ["apiEndpoint", "dns"],
    value: { zone: "example.com." },
    rules: {
      zone: {
        rule: "a DNS name or an id",
        lookedUp: "Designate",
        refused: [["my zone", [': "my zone" is neither a zone\'s name nor its id; write it like "k8s.example.com."']]],
      },
      name: {
        rule: "DNS labels; with the zone at most 253 characters",
        refused: [["API_1", [': "API_1" is not a name in a zone; write it without the zone, like "api" or "api.demo"']]],
      },
    },
  } satisfies TypeRules<DnsSettings>,
};
