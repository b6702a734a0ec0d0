import { randomBytes } from "node:crypto";
import { toYaml } from "../yaml.ts";

/** Makes a key for encryption at rest: 32 bytes, base64. */
export function createEncryptionKey(): string {
  return randomBytes(32).toString("base64");
}

/**
 * Writes the API server's EncryptionConfiguration: Secrets are encrypted with XSalsa20-Poly1305. Older ones in plain text can still be
 * read.
 */
export function encryptionConfiguration(key: string): string {
  return toYaml({
    apiVersion: "apiserver.config.k8s.io/v1",
    kind: "EncryptionConfiguration",
    resources: [{ resources: ["secrets"], providers: [{ secretbox: { keys: [{ name: "key1", secret: key }] } }, { identity: {} }] }],
  });
}
