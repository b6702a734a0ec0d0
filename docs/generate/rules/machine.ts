import type {
  ExistingServerGroupSettings,
  MachineSettings,
  OwnServerGroupSettings,
  VolumeSettings,
} from "../../../lib/node/machine-settings.ts";
import type { TypeRules } from "./rule.ts";
import { MINI } from "./surroundings.ts";

/** Rules of the types of machines, by type. */
export const MACHINE_RULES = {
  MachineSettings: {
    within: MINI,
    at: ["controlPlane", "machine"],
    rules: {
      image: { lookedUp: "Glance", refused: [["", [': "" is not allowed: must be a text that is not empty']]] },
      flavor: { lookedUp: "Nova", refused: [[undefined, [": is missing; give it a value"]]] },
      availabilityZones: {
        rule: "at least one",
        lookedUp: "Nova",
        refused: [
          [[], [": is empty; name availability zones, or leave it out"]],
          [[""], ['[0]: "" is not allowed: must be a text that is not empty']],
        ],
      },
      volume: { refused: [[20, [": 20 is not allowed: expected object, received number"]]] },
      serverGroup: { refused: [["affinity", [': "affinity" is not allowed: must be an object with id or policy']]] },
      securityGroups: {
        rule: "ids, not names, each once",
        lookedUp: "Neutron",
        refused: [
          [
            ["web", "3fa85f64-5717-4562-b3fc-2c963f66afa6", "3fa85f64-5717-4562-b3fc-2c963f66afa6"],
            [
              '[0]: "web" is not the id of a security group; give the one that `openstack security group list` shows, not the name',
              '[2]: "3fa85f64-5717-4562-b3fc-2c963f66afa6" is named twice; name it once',
            ],
          ],
        ],
      },
      configDrive: { refused: [["yes", [': "yes" is not allowed: expected boolean, received string']]] },
      tags: {
        rule: 'without "," and "/", each once; none by which clusters are found',
        refused: [
          [["a,b"], ['[0]: "a,b" is no tag; use 1 to 60 characters without "," and "/"']],
          [["web", "web"], ['[1]: "web" is named twice; name each tag once']],
          [["caravan-cluster=other"], ['[0]: "caravan-cluster=other" would have the machine taken for a cluster\'s; choose another tag']],
          [
            ["ttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttt"],
            ['[0]: "ttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttt" is no tag; use 1 to 60 characters without "," and "/"'],
          ],
        ],
      },
      metadata: {
        rule: 'letters, digits, spaces and "-_:." in keys; none of the library\'s own',
        refused: [
          [{ "caravan-cluster": "other" }, ['["caravan-cluster"]: "caravan-cluster" is set by the library; choose another key']],
          [{ "a/b": "c" }, ['["a/b"]: "a/b" is no metadata key; use 1 to 255 letters, digits, spaces and "-", "_", ":", "."']],
        ],
      },
    },
  } satisfies TypeRules<MachineSettings>,
  VolumeSettings: {
    within: MINI,
    at: ["controlPlane", "machine", "volume"],
    value: { size: 20 },
    rules: {
      size: {
        rule: "whole GiB",
        refused: [
          [0, [": 0 is not a size of a volume; use whole GiB from 1 to 2147483647"]],
          [1.5, [": 1.5 is not a size of a volume; use whole GiB from 1 to 2147483647"]],
        ],
      },
      type: { lookedUp: "Cinder", refused: [["", [': "" is not allowed: must be a text that is not empty']]] },
    },
  } satisfies TypeRules<VolumeSettings>,
  OwnServerGroupSettings: {
    within: MINI,
    at: ["controlPlane", "machine", "serverGroup"],
    value: { policy: "affinity" },
    rules: {
      policy: { refused: [["spread", [': "spread" is no policy; use soft-anti-affinity, anti-affinity, soft-affinity, affinity']]] },
    },
  } satisfies TypeRules<OwnServerGroupSettings>,
  ExistingServerGroupSettings: {
    within: MINI,
    at: ["controlPlane", "machine", "serverGroup"],
    value: { id: "3fa85f64-5717-4562-b3fc-2c963f66afa6" },
    rules: {
      id: {
        rule: "an id, not a name",
        lookedUp: "Nova",
        refused: [
          [
            "my-group",
            [': "my-group" is not the id of a server group; give the one that `openstack server group list` shows, not the name'],
          ],
        ],
      },
    },
  } satisfies TypeRules<ExistingServerGroupSettings>,
};
