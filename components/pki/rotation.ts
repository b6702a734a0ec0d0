import * as pulumi from "@pulumi/pulumi";
import { keepalivedPassword } from "../../lib/control-plane/virtual-address.ts";
import type { KeyPair } from "../../lib/pki/key-pair.ts";
import { ofControlPlanes, rotated } from "../../lib/rotation/keyrings.ts";
import type { RotationSettings } from "../../lib/rotation/settings.ts";
import { after } from "../engine/gate.ts";
import { remember } from "../engine/remember.ts";
import type { ControlPlaneCredentials } from "./credentials.ts";
import { certificatesOf, type Generations } from "./generations.ts";

/** Keys of control planes that can be rotated. */
export interface RotatedKeys {
  clusterCa: Generations<KeyPair>;
  frontProxyCa: Generations<KeyPair>;
  serviceAccountKey: Generations<{ publicKey: string; privateKey: string }>;
  encryptionKey: Generations<string>;
  etcdCa: Generations<KeyPair>;
}

/**
 * Records the phases before any machine gets them, so that the state tells what an interrupted run may have applied. Returns what must be
 * known before machines get keys; `undefined` for a cluster that rotates nothing.
 */
export function recordPhases(name: string, rotation: RotationSettings, parent: pulumi.Resource): pulumi.Output<string> | undefined {
  if (rotated(rotation).length === 0) return undefined;
  return new pulumi.Stash(`${name}-rotation`, { input: rotation }, { parent }).urn;
}

/** Returns what control planes must know of rotations; nothing for a cluster that rotates none of their keys. */
export function rotationCredentials(
  name: string,
  rotation: RotationSettings,
  { clusterCa, frontProxyCa, serviceAccountKey, encryptionKey, etcdCa }: RotatedKeys,
  recorded: pulumi.Output<string> | undefined,
  parent: pulumi.Resource,
): Partial<ControlPlaneCredentials> {
  const own = ofControlPlanes(rotation);
  const keyrings = rotated(own);
  if (keyrings.length === 0) return {};
  const credentials = {
    rotation: own,
    trusted: {
      clusterCas: certificatesOf(clusterCa),
      frontProxyCas: certificatesOf(frontProxyCa),
      serviceAccountKeys: serviceAccountKey.others.map((pair) => pair.apply(({ publicKey }) => publicKey)),
      encryptionKeys: encryptionKey.others,
      etcdCas: certificatesOf(etcdCa),
    },
    // All that control planes get waits for the record, because they get it as a whole. Members of etcd come before them.
    encryptionKey: after(encryptionKey.used, recorded),
    etcdCa: after(etcdCa.used, recorded),
  };
  if (!keyrings.includes("encryptionKey")) return credentials;
  // Control planes with different passwords would not hear each other, so it stays when the key changes.
  const password = remember(`${name}-virtual-address`, () => encryptionKey.used.apply(keepalivedPassword), { parent });
  return { ...credentials, virtualAddressPassword: password };
}
