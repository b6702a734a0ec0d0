import type {
  ImportedPoolSettings,
  ImportedServer,
  ImportedSshSettings,
  MachinePoolSettings,
  PoolNetworkSettings,
  PoolNodeSettings,
  Taint,
  UpgradeSettings,
} from "../../../lib/pool/settings.ts";
import type { PropertyRules, TypeRules } from "./rule.ts";
import { SETUP_RULES } from "./setup.ts";
import { IMPORTED, MINI } from "./surroundings.ts";

/** Rules of the properties that pools of both types have. */
const NODE_RULES = {
  ...SETUP_RULES,
  labels: {
    rule: "Kubernetes' syntax of labels; none of the library's, of kubelets or of control planes",
    refused: [
      [{ "caravan.dev/pool": "web" }, ['["caravan.dev/pool"]: "caravan.dev/pool" has the prefix of the library\'s own; use another one']],
      [{ "kubernetes.io/hostname": "a" }, ['["kubernetes.io/hostname"]: is a label that each kubelet sets itself; leave it out']],
      [
        { "node-role.kubernetes.io/control-plane": "" },
        ['["node-role.kubernetes.io/control-plane"]: is the label of control planes, and workers with it would be removed; leave it out'],
      ],
      [
        { "a b": "c d" },
        [
          '["a b"]: "a b" is no label key; use at most 63 letters, digits, "-", "_" and ".", after an optional DNS prefix and "/"',
          '["a b"]: "c d" is no label value; use at most 63 letters, digits, "-", "_" and "."',
        ],
      ],
      [{ tier: 1 }, [".tier: 1 is not allowed: expected string, received number"]],
    ],
  },
  taints: {
    rule: "each key once with an effect",
    refused: [
      [
        [
          { key: "gpu", effect: "NoSchedule" },
          { key: "gpu", effect: "NoSchedule" },
        ],
        ['[1]: "gpu" is named twice with the effect "NoSchedule"; name it once'],
      ],
      [
        [{ key: "node.kubernetes.io/not-ready", effect: "NoExecute" }],
        ['[0].key: "node.kubernetes.io/not-ready" is a taint that Kubernetes sets and removes itself; leave it out'],
      ],
    ],
  },
  drainSeconds: {
    rule: "whole seconds",
    refused: [
      [1.5, [": 1.5 is not a time for a drain; use 1 to 3600 whole seconds"]],
      [0, [": 0 is not a time for a drain; use 1 to 3600 whole seconds"]],
      [3601, [": 3601 is not a time for a drain; use 1 to 3600 whole seconds"]],
    ],
  },
  upgrade: { refused: [["10%", [': "10%" is not allowed: expected object, received string']]] },
  kubernetesVersion: {
    rule: "not newer than the cluster's",
    refused: [
      ["1.36", [': "1.36" is not a full version; write it without a "v", like 1.36.3']],
      ["1.36.4", [": \"1.36.4\" is newer than the cluster's 1.36.3; raise the cluster's kubernetesVersion first, or leave it out"]],
      ["1.37.2", [": \"1.37.2\" is newer than the cluster's 1.36.3; raise the cluster's kubernetesVersion first, or leave it out"]],
    ],
  },
  kubelet: {
    rule: "`maxPods` with room in `nodeCidrMask`",
    refused: [
      [110, [": 110 is not allowed: expected object, received number"]],
      [{ maxPods: 251 }, [".maxPods: 251 is not a number of pods for a node; use 1 to 250"]],
    ],
  },
  containerRuntime: { refused: [["systemd", [': "systemd" is not allowed: expected object, received string']]] },
  registries: { refused: [["registry.example.com", [': "registry.example.com" is not allowed: expected object, received string']]] },
} satisfies PropertyRules<PoolNodeSettings>;

/** Rules of the limits of changes. */
const UPGRADE_RULES = {
  maxUnavailable: {
    rule: "a number, or a share of the pool",
    refused: [
      [0, [': 0 is no limit of nodes out of service; use a whole number from 1 on, or a share of the pool from "1%" to "100%"']],
      [1.5, [': 1.5 is no limit of nodes out of service; use a whole number from 1 on, or a share of the pool from "1%" to "100%"']],
      ["0%", [': "0%" is no limit of nodes out of service; use a whole number from 1 on, or a share of the pool from "1%" to "100%"']],
      ["2", [': "2" is no limit of nodes out of service; use a whole number from 1 on, or a share of the pool from "1%" to "100%"']],
      [true, [": true is not allowed: must be a number or a text"]],
    ],
  },
  maxSurge: {
    rule: "a number, or a share of the pool",
    refused: [
      [0, [': 0 is no limit of machines that are replaced; use a whole number from 1 on, or a share of the pool from "1%" to "100%"']],
      [
        "120%",
        [': "120%" is no limit of machines that are replaced; use a whole number from 1 on, or a share of the pool from "1%" to "100%"'],
      ],
    ],
  },
} satisfies PropertyRules<UpgradeSettings>;

/** Rules of the types of pools, by type. */
export const POOL_RULES = {
  MachinePoolSettings: {
    within: MINI,
    at: ["pools", "default"],
    rules: {
      count: {
        rule: "a whole number",
        refused: [
          [-1, [": -1 is not a number of nodes; use a whole number from 0 to 5000"]],
          [1.5, [": 1.5 is not a number of nodes; use a whole number from 0 to 5000"]],
          [5001, [": 5001 is not a number of nodes; use a whole number from 0 to 5000"]],
        ],
      },
      without: {
        rule: "keys below `count`, each once",
        refused: [
          [["2"], ['[0]: "2" is no key of a pool of 2; leave it out']],
          [["0", "0"], ['[1]: "0" is named twice; name each key once']],
        ],
      },
      machine: { refused: [["m1.large", [': "m1.large" is not allowed: expected object, received string']]] },
      network: { refused: [["my-network", [': "my-network" is not allowed: expected object, received string']]] },
      ...NODE_RULES,
    },
  } satisfies TypeRules<MachinePoolSettings>,
  UpgradeSettings: {
    within: MINI,
    at: ["pools", "default", "upgrade"],
    value: {},
    rules: UPGRADE_RULES,
  } satisfies TypeRules<UpgradeSettings>,
  PoolNetworkSettings: {
    within: MINI,
    at: ["pools", "default", "network"],
    value: { networkId: "3fa85f64-5717-4562-b3fc-2c963f66afa6", subnetId: "3fa85f64-5717-4562-b3fc-2c963f66afa6", cidr: "10.50.0.0/24" },
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
      cidr: {
        rule: "that of the subnet; apart from the networks of nodes, pods and Services, with room for the pool",
        lookedUp: "Neutron",
        refused: [
          ["10.50.0.1/24", [': "10.50.0.1/24" is not how its network is written; write 10.50.0.0/24']],
          ["10.40.7.0/24", [": 10.40.7.0/24 overlaps network.cidr 10.40.0.0/16; choose a range that shares no address with it"]],
          ["10.50.0.0/30", [": 10.50.0.0/30 has room for 0 machines, too few for 2; use a shorter prefix"]],
        ],
      },
    },
  } satisfies TypeRules<PoolNetworkSettings>,
  ImportedPoolSettings: {
    within: IMPORTED,
    at: ["pools", "metal"],
    rules: {
      imported: {
        rule: "each server in one pool",
        refused: [
          [
            [
              { name: "dgx-1", address: "192.0.2.20" },
              { name: "dgx-2", address: "192.0.2.11" },
            ],
            [
              '[0].name: "dgx-1" is imported by pools.first, too; import each server once',
              '[1].address: "192.0.2.11" is imported by pools.first, too; import each server once',
            ],
            { pools: { first: { imported: [{ name: "dgx-1", address: "192.0.2.11" }] }, metal: { imported: [] } } },
          ],
        ],
      },
      ssh: { refused: [["root", [': "root" is not allowed: expected object, received string']]] },
      ...NODE_RULES,
    },
  } satisfies TypeRules<ImportedPoolSettings>,
  ImportedServer: {
    within: IMPORTED,
    at: ["pools", "metal", "imported", 0],
    rules: {
      name: {
        rule: "a DNS label; none that a machine of the cluster may have",
        refused: [
          [
            "DGX_1",
            [': "DGX_1" is not an RFC 1123 label; use lower-case letters, digits and hyphens, beginning and ending with a letter or digit'],
          ],
          ["demo-control-plane-0", [': "demo-control-plane-0" is how a machine of the cluster itself may be called; choose another name']],
          [
            "demo-default-0-1a2b3c4",
            [': "demo-default-0-1a2b3c4" is how a machine of the cluster itself may be called; choose another name'],
          ],
          ["contact", [': "contact" is what a command of each pool is called; choose another name']],
        ],
      },
      address: {
        rule: "an IPv4 address; none of pods or Services",
        refused: [
          ["dgx-1.example.com", [': "dgx-1.example.com" is not an IPv4 address; write it like 192.0.2.10']],
          [
            "10.244.1.5",
            [": 10.244.1.5 is in podCidr 10.244.0.0/16, so nodes would not reach it; use an address outside, or another podCidr"],
          ],
          ["127.0.0.1", [": 127.0.0.1 is no address of a machine; write it like 192.0.2.10"]],
        ],
      },
      hostKey: {
        rule: "type and key, without the name",
        refused: [
          [
            "192.0.2.10 ssh-ed25519 AAAA",
            [': is no SSH host key; write it as `ssh-keyscan` prints it without the name, like "ssh-ed25519 AAAA..."'],
          ],
        ],
      },
    },
  } satisfies TypeRules<ImportedServer>,
  ImportedSshSettings: {
    within: IMPORTED,
    at: ["pools", "metal", "ssh"],
    value: {},
    rules: {
      user: {
        rule: "a name alone",
        refused: [["root@192.0.2.10", [': "root@192.0.2.10" is no name of a user; write it alone, like debian']]],
      },
      port: {
        rule: "none of etcd, Kubernetes, Cilium or NodePorts",
        refused: [[10250, [": 10250 is used on nodes by Kubernetes' own components; have their SSH server listen at another port"]]],
      },
      privateKey: {
        rule: "the text of a key",
        refused: [
          ["~/.ssh/id_ed25519", [': is no private key; give the text of its file, which begins with "-----BEGIN", and not its path']],
        ],
      },
      bastion: { refused: [["192.0.2.1", [': "192.0.2.1" is not allowed: expected object, received string']]] },
    },
  } satisfies TypeRules<ImportedSshSettings>,
  Taint: {
    within: MINI,
    at: ["pools", "default", "taints", 0],
    value: { key: "gpu", effect: "NoSchedule" },
    rules: {
      key: {
        rule: "Kubernetes' syntax; none of the library's or of node conditions",
        refused: [
          [
            "a b",
            [
              'pools.default.taints[0]: "a b" is no label key; use at most 63 letters, digits, "-", "_" and ".", after an optional DNS prefix and "/"',
            ],
          ],
          ["caravan.dev/pool", ['pools.default.taints[0]: "caravan.dev/pool" has the prefix of the library\'s own; use another one']],
        ],
      },
      value: {
        rule: "Kubernetes' syntax",
        refused: [["a b", ['pools.default.taints[0]: "a b" is no label value; use at most 63 letters, digits, "-", "_" and "."']]],
      },
      effect: { refused: [["Never", [': "Never" is no effect; use NoSchedule, PreferNoSchedule, NoExecute']]] },
    },
  } satisfies TypeRules<Taint>,
};
