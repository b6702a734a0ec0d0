import type { KeyringSettings, RotationSettings } from "./settings.ts";

/** Keys of control planes that can be rotated. */
export const CONTROL_PLANE_KEYRINGS = [
  "encryptionKey",
  "serviceAccountKey",
  "frontProxyCa",
  "etcdCa",
  "clusterCa",
] as const satisfies readonly (keyof RotationSettings)[];

export type ControlPlaneKeyring = (typeof CONTROL_PLANE_KEYRINGS)[number];

/** Generations of the keys of control planes. */
export type ControlPlaneRotation = Pick<RotationSettings, ControlPlaneKeyring>;

/** Keys that can be rotated. */
export const KEYRINGS = [...CONTROL_PLANE_KEYRINGS, "ciliumEtcdCa"] as const satisfies readonly (keyof RotationSettings)[];

export type Keyring = (typeof KEYRINGS)[number];

/** Keys of which others than control planes must have a step before the next one is allowed: workers, or the network plugin. */
export const CLUSTER_WIDE_KEYRINGS = ["clusterCa", "ciliumEtcdCa"] as const satisfies readonly Keyring[];

/** Phase of a key that was never rotated. */
const FIRST: KeyringSettings = { use: 1, trust: [1] };

/** Returns the phase of a key. */
export function phaseOf(rotation: RotationSettings | undefined, keyring: Keyring): KeyringSettings {
  return rotation?.[keyring] ?? FIRST;
}

/** Returns the keys whose phase is not that of a new cluster. For all others, nothing is different from a cluster without rotations. */
export function rotated(rotation: RotationSettings | undefined): Keyring[] {
  return KEYRINGS.filter((keyring) => !isSamePhase(phaseOf(rotation, keyring), FIRST));
}

/** Returns the phases of the keys of control planes alone. */
export function ofControlPlanes(rotation: RotationSettings): ControlPlaneRotation {
  return picked(rotation, CONTROL_PLANE_KEYRINGS);
}

/** Returns the phases of the keys that others than control planes have, too. */
export function clusterWide(rotation: RotationSettings): RotationSettings {
  return picked(rotation, CLUSTER_WIDE_KEYRINGS);
}

function picked<K extends Keyring>(rotation: RotationSettings, keyrings: readonly K[]): Pick<RotationSettings, K> {
  return Object.fromEntries(keyrings.flatMap((keyring) => (rotation[keyring] ? [[keyring, rotation[keyring]]] : []))) as Pick<
    RotationSettings,
    K
  >;
}

/** Returns the generations that are trusted, the one in use first. */
export function generationsOf({ use, trust }: KeyringSettings): number[] {
  return [use, ...trust.filter((generation) => generation !== use)];
}

export function isSamePhase(one: KeyringSettings, other: KeyringSettings): boolean {
  return phaseText(one) === phaseText(other);
}

/** Writes a phase as users give it. */
export function phaseText({ use, trust }: KeyringSettings): string {
  return `{ use: ${use}, trust: [${trust.join(", ")}] }`;
}

/** Writes the phases of all keys that were rotated for the scripts on machines: "encryptionKey=2:1,2 frontProxyCa=2:2". */
export function phasesInput(rotation: RotationSettings | undefined): string {
  return rotated(rotation)
    .map((keyring) => [keyring, phaseOf(rotation, keyring)] as const)
    .map(([keyring, { use, trust }]) => `${keyring}=${use}:${trust.join(",")}`)
    .join(" ");
}
