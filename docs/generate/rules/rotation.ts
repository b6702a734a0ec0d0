import type { KeyringSettings, RotationSettings } from "../../../lib/rotation/settings.ts";
import type { TypeRules } from "./rule.ts";
import { MINI } from "./surroundings.ts";

const STEP = "at most one step from what the machines have";

/** Rules of the types of rotations, by type. */
export const ROTATION_RULES = {
  RotationSettings: {
    within: MINI,
    at: ["certificates", "rotation"],
    value: {},
    rules: {
      encryptionKey: { rule: STEP, refused: [[2, [": 2 is not allowed: expected object, received number"]]] },
      serviceAccountKey: { rule: STEP, refused: [[2, [": 2 is not allowed: expected object, received number"]]] },
      frontProxyCa: { rule: STEP, refused: [[2, [": 2 is not allowed: expected object, received number"]]] },
      clusterCa: { rule: STEP, refused: [[2, [": 2 is not allowed: expected object, received number"]]] },
      ciliumEtcdCa: {
        rule: `${STEP}; with \`etcd.ciliumEtcd\``,
        refused: [
          [2, [": 2 is not allowed: expected object, received number"]],
          [{ use: 1, trust: [1] }, [": is for the CA of Cilium's own etcd, and this cluster has none; leave it out"]],
        ],
      },
      etcdCa: { rule: STEP, refused: [[2, [": 2 is not allowed: expected object, received number"]]] },
    },
  } satisfies TypeRules<RotationSettings>,
  KeyringSettings: {
    within: MINI,
    at: ["certificates", "rotation", "encryptionKey"],
    value: { use: 1, trust: [1] },
    rules: {
      use: {
        rule: "one of `trust`",
        refused: [
          [2, [": 2 is not among the trusted generations, 1; trust it, or use one of them"]],
          [0, ["certificates.rotation.encryptionKey: 0 is no generation of a key; use whole numbers from 1 to 1000"]],
        ],
      },
      trust: {
        rule: "rising",
        refused: [
          [[], [": has 0 generations; name the one in use, and at most one other"]],
          [[1, 2, 3], [": has 3 generations; name the one in use, and at most one other"]],
          [[2, 1], [": [2, 1] is not in rising order; name the older generation first"]],
          [[1, 1.5], ["certificates.rotation.encryptionKey: 1.5 is no generation of a key; use whole numbers from 1 to 1000"]],
        ],
      },
    },
  } satisfies TypeRules<KeyringSettings>,
} as const;
