import type { KubernetesClusterArgs } from "../../../lib/cluster/settings.ts";
import type { CertificateSettings } from "../../../lib/pki/settings.ts";
import type { ConcurrencySettings } from "../../../lib/pool/settings.ts";
import type { ScaleSettings } from "../../../lib/scale-profile/settings.ts";
import type { TypeRules } from "./rule.ts";
import { MINI } from "./surroundings.ts";

/** Rules of the types of the cluster as a whole, by type. */
export const CLUSTER_RULES = {
  KubernetesClusterArgs: {
    within: MINI,
    at: [],
    rules: {
      network: { refused: [["demo", [': "demo" is not allowed: must be an object with externalNetwork and cidr, or adopt and cidr']]] },
      apiEndpoint: {
        refused: [
          ["vip", [': "vip" is not allowed: expected object, received string']],
          [
            { type: "nodePort", allowedCidrs: [] },
            ['.type: "nodePort" is not allowed: use "floatingIp" or "vip" or "octavia" or "external"'],
          ],
        ],
      },
      controlPlane: { refused: [[3, [": 3 is not allowed: expected object, received number"]]] },
      etcd: { refused: [["external", [': "external" is not allowed: expected object, received string']]] },
      pools: {
        rule: "names that are DNS labels, with room for what is added to them; no part of the cluster's own",
        refused: [
          [[], [": is not allowed: expected record, received array"]],
          [
            { etcd: { count: 1, machine: { image: "node", flavor: "small" } } },
            ['.etcd: "etcd" is a part of every cluster; choose another name'],
          ],
        ],
      },
      scale: { refused: [[1000, [": 1000 is not allowed: expected object, received number"]]] },
      concurrency: { refused: [[64, [": 64 is not allowed: expected object, received number"]]] },
      kubernetesVersion: {
        rule: "a full version of a supported minor",
        refused: [
          ["v1.36.3", [': "v1.36.3" is not a full version; write it without a "v", like 1.36.3']],
          ["1.33.0", [': "1.33.0" is not supported; choose a version of 1.34, 1.35, 1.36, 1.37']],
        ],
      },
      podCidr: {
        rule: "an IPv4 network apart from those of nodes and Services, with a block of `nodeCidrMask` for each node; at most 16 bits of blocks",
        refused: [
          ["10.244.0.1/16", [': "10.244.0.1/16" is not how its network is written; write 10.244.0.0/16']],
          ["10.40.0.0/20", [": 10.40.0.0/20 overlaps network.cidr 10.40.0.0/16; choose a range that shares no address with it"]],
          ["10.244.0.0/24", [": 10.244.0.0/24 has 1 blocks of /24, too few for 3 nodes; use a prefix of at most /22"]],
          ["10.240.0.0/6", [': "10.240.0.0/6" is not how its network is written; write 8.0.0.0/6']],
          ["224.0.0.0/8", [": 224.0.0.0/8 has no addresses that can be used; choose a private network, like 10.40.0.0/16"]],
        ],
      },
      serviceCidr: {
        rule: "an IPv4 network apart from those of nodes and pods, from /12 to /28",
        refused: [
          [
            "10.0.0.0/8",
            [
              ": 10.0.0.0/8 overlaps network.cidr 10.40.0.0/16; choose a range that shares no address with it",
              ": 10.0.0.0/8 overlaps podCidr 10.244.0.0/16; choose a range that shares no address with it",
              ": 10.0.0.0/8 is larger than kubeadm allows; use a prefix of at least /12",
            ],
          ],
          ["10.96.0.0/29", [": 10.96.0.0/29 is smaller than kubeadm allows; use a prefix of at most /28"]],
        ],
      },
      nodeCidrMask: {
        rule: "room for `maxPods` of kubelets",
        refused: [
          [29, [": 29 is not allowed: Too big: expected number to be <=28"]],
          [26, [": /26 has addresses for 60 pods, too few for kubelet.maxPods 110; use a shorter prefix or fewer pods"]],
        ],
      },
      cni: {
        refused: [
          ["cilium", [': "cilium" is not allowed: expected object, received string']],
          [{ type: "calico" }, ['.type: "calico" is not allowed: use "cilium" or "flannel" or "none"']],
        ],
      },
      kubeProxy: {
        rule: "not beside Cilium",
        refused: [
          [{ configuration: { mode: "ipvs" } }, [".configuration: is set, but kube-proxy does not run: Cilium takes its place; remove it"]],
        ],
      },
      addOns: {
        refused: [
          [true, [": true is not allowed: expected object, received boolean"]],
          [{ metricServer: true }, ['.metricServer: is not a property here; use "metricsServer", or remove it']],
        ],
      },
      certificates: { refused: [["8760h", [': "8760h" is not allowed: expected object, received string']]] },
      ssh: { refused: [["root", [': "root" is not allowed: expected object, received string']]] },
      kubelet: { refused: [[110, [": 110 is not allowed: expected object, received number"]]] },
      registries: { refused: [["registry.example.com", [': "registry.example.com" is not allowed: expected object, received string']]] },
      proxy: { refused: [["http://proxy.example.com:3128", [": is not allowed: expected object, received string"]]] },
      packageRepository: {
        rule: "an http(s) URL",
        refused: [
          [
            "mirror.example.com/kubernetes",
            [': "mirror.example.com/kubernetes" is not a URL; write it like https://mirror.example.com/kubernetes/v{minor}/deb/'],
          ],
        ],
      },
      packageRepositoryKey: {
        rule: "40 hexadecimal digits",
        refused: [
          [
            "234654DA9A296436",
            [': "234654DA9A296436" is not a fingerprint; write its 40 hexadecimal digits, as `gpg --show-keys Release.key` prints them'],
          ],
        ],
      },
      sysctls: {
        rule: "names as `sysctl` has them; `net.ipv4.ip_forward` stays 1",
        refused: [
          [
            { somaxconn: 1 },
            ['["somaxconn"]: "somaxconn" is not a setting of the kernel; write its name as `sysctl --all` does, like net.core.somaxconn'],
          ],
          [{ "net.ipv4.ip_forward": 0 }, ['["net.ipv4.ip_forward"]: 0 keeps packets of pods from being forwarded; use 1, or leave it out']],
        ],
      },
      ignorePreflightErrors: {
        rule: 'names of checks; "all" alone',
        refused: [
          [["all", "Swap"], [': has "all" beside single checks, which kubeadm refuses; leave one or the other out']],
          [["Swap,Port-6443"], ['[0]: "Swap,Port-6443" is no name of a check; write one alone, like "SystemVerification"']],
        ],
      },
    },
  } satisfies TypeRules<KubernetesClusterArgs>,
  ScaleSettings: {
    within: MINI,
    at: ["scale"],
    value: {},
    rules: {
      nodes: {
        rule: "room in `podCidr` and `network.cidr`",
        refused: [
          [0, [": 0 is not allowed: Too small: expected number to be >=1"]],
          [300, [": 300 nodes do not fit podCidr 10.244.0.0/16, which has 256 blocks of /24; use a shorter prefix there"]],
          [
            200,
            [": 200 nodes do not fit network.cidr 10.40.0.0/28, which has room for 12 machines; use a shorter prefix there"],
            { network: { externalNetwork: "public", cidr: "10.40.0.0/28" } },
          ],
        ],
      },
      pods: {
        rule: "room on the nodes",
        refused: [[1000, [": 1000 pods do not fit on 3 nodes with at most 110 each; use fewer pods, or more nodes"]]],
      },
      zones: {
        rule: "at most one for each node",
        refused: [[4, [": 4 zones cannot all have one of 3 nodes; use fewer zones, or more nodes"]]],
      },
    },
  } satisfies TypeRules<ScaleSettings>,
  CertificateSettings: {
    within: MINI,
    at: ["certificates"],
    value: {},
    rules: {
      validity: {
        rule: "hours and minutes",
        refused: [
          ["1y", [': "1y" is not a validity; use hours and minutes as kubeadm writes them, from "10m" to "8760h", like "2160h"']],
          ["9m", [': "9m" is not a validity; use hours and minutes as kubeadm writes them, from "10m" to "8760h", like "2160h"']],
          ["8761h", [': "8761h" is not a validity; use hours and minutes as kubeadm writes them, from "10m" to "8760h", like "2160h"']],
        ],
      },
      caValidity: {
        rule: "hours and minutes, at least `validity`",
        refused: [
          ["10y", [': "10y" is not a validity; use hours and minutes as kubeadm writes them, from "24h" to "438000h", like "2160h"']],
          [
            "720h",
            [
              ': "720h" is shorter than the validity of certificates, "8760h", and none outlives its CA; use a longer one, or a shorter certificates.validity',
            ],
          ],
        ],
      },
      rotation: { refused: [[2, [": 2 is not allowed: expected object, received number"]]] },
    },
  } satisfies TypeRules<CertificateSettings>,
  ConcurrencySettings: {
    within: MINI,
    at: ["concurrency"],
    value: {},
    rules: {
      creates: {
        refused: [
          [0, [": 0 is not a number of workers at a time; use a whole number from 1 to 1000"]],
          [1.5, [": 1.5 is not a number of workers at a time; use a whole number from 1 to 1000"]],
        ],
      },
      joins: { refused: [[1001, [": 1001 is not a number of workers at a time; use a whole number from 1 to 1000"]]] },
    },
  } satisfies TypeRules<ConcurrencySettings>,
};
