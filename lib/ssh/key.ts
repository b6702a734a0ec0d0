import { generateKeyPairSync, type KeyObject } from "node:crypto";

/** SSH key pair. */
export interface SshKeyPair {
  /** PEM (SEC 1), which every OpenSSH and the SSH library of Pulumi's command provider can read. */
  privateKey: string;
  /** One authorized_keys line. */
  publicKey: string;
}

/** Makes an ECDSA P-256 key pair for SSH. */
export function createSshKey(comment: string): SshKeyPair {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return {
    privateKey: privateKey.export({ type: "sec1", format: "pem" }).toString(),
    publicKey: `ecdsa-sha2-nistp256 ${publicBlob(publicKey)} ${comment}`,
  };
}

/** Encodes a public key as in RFC 5656: type, curve and point, each preceded by its length. */
function publicBlob(publicKey: KeyObject): string {
  const { x = "", y = "" } = publicKey.export({ format: "jwk" });
  const point = Buffer.concat([Buffer.from([4]), Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]);
  const fields = [Buffer.from("ecdsa-sha2-nistp256"), Buffer.from("nistp256"), point];
  return Buffer.concat(fields.flatMap((field) => [lengthOf(field), field])).toString("base64");
}

function lengthOf(field: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(field.length);
  return length;
}
