import { type RotationSettings, rotation } from "../rotation/settings.ts";
import { object, text } from "../schema.ts";

/** Validity of a cluster's certificates, as hours and minutes: "2160h", "90m" or "1h30m". */
export interface CertificateSettings {
  /**
   * Validity of the certificates that kubeadm makes on control planes, from "10m" to "8760h". They renew themselves when a third of it is
   * left; a change counts for each at its next renewal. @default "8760h"
   */
  validity?: string;
  /** Validity of the CAs that the library makes, from "24h" to "438000h". It cannot be changed later. @default "87600h" */
  caValidity?: string;
  /**
   * Generations of the keys and CAs that are rotated. A rotation takes three runs: trust a new generation, use it, drop the old one.
   * @default none was rotated
   */
  rotation?: RotationSettings;
}

/** Schema of CertificateSettings. @internal */
export const certificates = object({ validity: text.optional(), caValidity: text.optional(), rotation: rotation.optional() });
