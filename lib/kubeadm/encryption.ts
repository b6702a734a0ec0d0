import { randomBytes } from "node:crypto";
import { toYaml } from "../yaml.ts";

/** Makes a key for encryption at rest: 32 bytes, base64. */
export function createEncryptionKey(): string {
  return randomBytes(32).toString("base64");
}

/** Key for encryption at rest. */
export interface EncryptionKey {
  /** Name, with which each encrypted value begins. */
  name: string;
  /** 32 bytes, base64. */
  secret: string;
}

/**
 * Writes the API server's EncryptionConfiguration: Secrets are encrypted with XSalsa20-Poly1305 and the first key. Values of the other keys
 * and those in plain text can still be read.
 */
export function encryptionConfiguration(keys: readonly EncryptionKey[]): string {
  return toYaml({
    apiVersion: "apiserver.config.k8s.io/v1",
    kind: "EncryptionConfiguration",
    resources: [{ resources: ["secrets"], providers: [{ secretbox: { keys } }, { identity: {} }] }],
  });
}
