import type { DataVolumeSettings, EtcdTuning, ExternalEtcdSettings, StackedEtcdSettings } from "../../../lib/etcd/settings.ts";
import type { PropertyRules, Rule, TypeRules } from "./rule.ts";
import { SETUP_RULES } from "./setup.ts";
import { EXTERNAL_ETCD, MINI } from "./surroundings.ts";

/** Rule of the tag of etcd's image, in both topologies. */
const ETCD_VERSION_RULE = {
  rule: "a tag of etcd's image; 3.7 with Kubernetes 1.37 only, and only after 3.6.11 or later",
  refused: [
    ["3.5.21-0", [': "3.5.21-0" is not the tag of a known etcd image; use one of 3.6 or 3.7, like "3.6.11-0"']],
    ["3.7.1-0", [': "3.7.1-0" is newer than the etcd that Kubernetes 1.36.3 is made for; use one of 3.6, or Kubernetes 1.37']],
  ],
} satisfies PropertyRules<StackedEtcdSettings>["etcdVersion"];

const BACKUP: Rule = { refused: [["hourly", [': "hourly" is not allowed: expected object, received string']]] };

const RESTORE: Rule = { refused: [["latest", [': "latest" is not allowed: expected object, received string']]] };

/** Rules of the types of etcd, by type. */
export const ETCD_RULES = {
  StackedEtcdSettings: {
    within: MINI,
    at: ["etcd"],
    value: { topology: "stacked" },
    rules: {
      topology: { refused: [["internal", [': "internal" is not allowed: use "stacked" or "external"']]] },
      etcdVersion: ETCD_VERSION_RULE,
      backup: BACKUP,
      restore: RESTORE,
    },
  } satisfies TypeRules<StackedEtcdSettings>,
  ExternalEtcdSettings: {
    within: EXTERNAL_ETCD,
    at: ["etcd"],
    rules: {
      topology: {
        rule: 'needs `ssh.bastion` with an API endpoint of type "floatingIp"',
        refused: [
          [
            "external",
            ['ssh.bastion: is missing; with an API endpoint of type "floatingIp", machines of an external etcd are reached through one'],
            { apiEndpoint: { type: "floatingIp", allowedCidrs: ["198.51.100.0/24"] } },
          ],
        ],
      },
      ciliumEtcd: {
        rule: "with Cilium only",
        refused: [
          [
            true,
            [': true is only of use to Cilium, and cni.type is "flannel"; leave it out, or use cni.type "cilium"'],
            { cni: { type: "flannel" } },
          ],
        ],
      },
      eventsEtcd: { refused: [["yes", [': "yes" is not allowed: expected boolean, received string']]] },
      members: {
        refused: [
          [4, [": 4 is not a number of members; use 3, 5, 7"]],
          [2, [": 2 is not a number of members; use 3, 5, 7"]],
        ],
      },
      machine: { refused: [["m1.large", [': "m1.large" is not allowed: expected object, received string']]] },
      dataVolume: { refused: [[20, [": 20 is not allowed: expected object, received number"]]] },
      etcdVersion: ETCD_VERSION_RULE,
      ...SETUP_RULES,
      backup: BACKUP,
      restore: RESTORE,
      settings: { refused: [["fast", [': "fast" is not allowed: expected object, received string']]] },
    },
  } satisfies TypeRules<ExternalEtcdSettings>,
  DataVolumeSettings: {
    within: EXTERNAL_ETCD,
    at: ["etcd", "dataVolume"],
    value: { size: 20 },
    rules: {
      size: { rule: "whole GiB", refused: [[0.5, [": 0.5 is not a size of a volume; use a whole number of GiB from 1 to 2147483647"]]] },
      type: { lookedUp: "Cinder", refused: [["", [': "" is not allowed: must be a text that is not empty']]] },
      availabilityZones: {
        rule: "at least one",
        lookedUp: "Cinder",
        refused: [[[], [": is empty; name availability zones, or leave it out"]]],
      },
    },
  } satisfies TypeRules<DataVolumeSettings>,
  EtcdTuning: {
    within: EXTERNAL_ETCD,
    at: ["etcd", "settings"],
    value: {},
    rules: {
      quotaBytes: { refused: [[1024, [": 1024 is not a size for etcd; use a whole number from 16777216 to 17179869184"]]] },
      heartbeatMilliseconds: { refused: [[5, [": 5 is not a time between heartbeats; use 10 to 5000 milliseconds"]]] },
      electionMilliseconds: {
        rule: "at least 5 heartbeats",
        refused: [
          [
            1000,
            [": 1000 does not fit heartbeats of 300 ms; use 1500 to 50000 milliseconds"],
            { etcd: { topology: "external", machine: { image: "node", flavor: "node.small" }, settings: { heartbeatMilliseconds: 300 } } },
          ],
        ],
      },
    },
  } satisfies TypeRules<EtcdTuning>,
};
