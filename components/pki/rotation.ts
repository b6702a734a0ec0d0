import * as pulumi from "@pulumi/pulumi";
import { keepalivedPassword } from "../../lib/control-plane/virtual-address.ts";
import type { KeyPair } from "../../lib/pki/key-pair.ts";
import { rotated } from "../../lib/rotation/keyrings.ts";
import type { RotationSettings } from "../../lib/rotation/settings.ts";
import { after } from "../engine/gate.ts";
import { remember } from "../engine/remember.ts";
import type { ControlPlaneCredentials } from "./credentials.ts";
import type { Generations } from "./generations.ts";

/** Keys of control planes that can be rotated. */
export interface RotatedKeys {
  frontProxyCa: Generations<KeyPair>;
  serviceAccountKey: Generations<{ publicKey: string; privateKey: string }>;
  encryptionKey: Generations<string>;
  etcdCa: Generations<KeyPair>;
}

/**
 * Returns what control planes must know of rotations; nothing for a cluster that rotates nothing. The phases are recorded before any machine
 * gets them, so that the state tells what an interrupted run may have applied.
 */
export function rotationCredentials(
  name: string,
  rotation: RotationSettings,
  { frontProxyCa, serviceAccountKey, encryptionKey, etcdCa }: RotatedKeys,
  parent: pulumi.Resource,
): Partial<ControlPlaneCredentials> {
  const keyrings = rotated(rotation);
  if (keyrings.length === 0) return {};
  const begun = new pulumi.Stash(`${name}-rotation`, { input: rotation }, { parent });
  const credentials = {
    rotation,
    trusted: {
      frontProxyCas: frontProxyCa.others.map((ca) => ca.apply(({ certificate }) => certificate)),
      serviceAccountKeys: serviceAccountKey.others.map((pair) => pair.apply(({ publicKey }) => publicKey)),
      encryptionKeys: encryptionKey.others,
      etcdCas: etcdCa.others.map((ca) => ca.apply(({ certificate }) => certificate)),
    },
    // All that control planes get waits for the record, because they get it as a whole. Members of etcd come before them.
    encryptionKey: after(encryptionKey.used, begun.urn),
    etcdCa: after(etcdCa.used, begun.urn),
  };
  if (!keyrings.includes("encryptionKey")) return credentials;
  // Control planes with different passwords would not hear each other, so it stays when the key changes.
  const password = remember(`${name}-virtual-address`, () => encryptionKey.used.apply(keepalivedPassword), { parent });
  return { ...credentials, virtualAddressPassword: password };
}
