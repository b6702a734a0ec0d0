import { createHash, createHmac, X509Certificate } from "node:crypto";
import type { KeyPair } from "../pki/key-pair.ts";

/** Facts about a cluster that a manifest tells, and that a restore compares: none of them is a secret. */
export interface BackupFacts {
  kubernetesVersion: string;
  /** Ids of the keys with which API servers may have encrypted Secrets. */
  encryptionKeys: readonly string[];
  /** Fingerprint of the CA of the Kubernetes API. */
  clusterCa: string;
  /** Fingerprints of other CAs of the Kubernetes API that are trusted, while they are rotated. @default none */
  trustedClusterCas?: readonly string[];
  /** Id of the key that signs service-account tokens. */
  serviceAccountKey: string;
}

export interface BackupFactsArgs {
  kubernetesVersion: string;
  /** Keys that API servers encrypt and decrypt Secrets with: while the key is rotated, those of several generations. */
  encryptionKeys: readonly string[];
  clusterCa: { certificate: string };
  /** Certificates of other CAs that are trusted, PEM. @default none */
  trustedClusterCas?: readonly string[];
  serviceAccountKey: { publicKey: string };
}

/** Characters of an id: enough to tell keys apart. */
const ID_LENGTH = 16;

/** Returns the facts about a cluster. */
export function backupFacts({
  kubernetesVersion,
  encryptionKeys,
  clusterCa,
  trustedClusterCas = [],
  serviceAccountKey,
}: BackupFactsArgs): BackupFacts {
  return {
    kubernetesVersion,
    encryptionKeys: encryptionKeys.map((key) => idOf(Buffer.from(key, "base64"))),
    clusterCa: caId(clusterCa.certificate),
    ...(trustedClusterCas.length > 0 ? { trustedClusterCas: trustedClusterCas.map(caId) } : {}),
    serviceAccountKey: idOf(serviceAccountKey.publicKey.trim()),
  };
}

function caId(certificate: string): string {
  return idOf(new X509Certificate(certificate).raw);
}

function idOf(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex").slice(0, ID_LENGTH);
}

/** Derives the key that authenticates manifests from the key of etcd's CA, of which it reveals nothing. */
export function manifestKey({ privateKey }: Pick<KeyPair, "privateKey">): string {
  return createHmac("sha256", privateKey.trim()).update("caravan etcd backup").digest("hex");
}
