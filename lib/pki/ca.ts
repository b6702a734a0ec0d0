import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import type { Problems } from "../problems.ts";
import type { KeyPair } from "./key-pair.ts";

/** Curves of ECDSA CAs by OpenSSL's names, each with the digest of its signatures. */
const CURVES: Record<string, { namedCurve: string; hash: string }> = {
  prime256v1: { namedCurve: "P-256", hash: "SHA-256" },
  secp384r1: { namedCurve: "P-384", hash: "SHA-384" },
  secp521r1: { namedCurve: "P-521", hash: "SHA-512" },
};

const LEAST_RSA_BITS = 2048;
const MOST_RSA_BITS = 4096;
const ALLOWED = `an RSA key of ${LEAST_RSA_BITS} to ${MOST_RSA_BITS} bits, or an ECDSA key on P-256, P-384 or P-521`;

/** Signature algorithm of a CA: the parameters of its key for Web Crypto and the X.509 library. */
export type SigningAlgorithm = { name: "ECDSA"; namedCurve: string; hash: string } | { name: "RSASSA-PKCS1-v1_5"; hash: string };

/** Checks that a given certificate and key are a CA. */
export function checkCa(property: string, pair: KeyPair, problems: Problems): void {
  const reason = obstacle(pair);
  if (reason) problems.add(property, reason);
}

/** Returns the algorithm of a CA's key, and the key as PKCS#8, in whichever form it was given. */
export function signerOf({ privateKey }: KeyPair): { algorithm: SigningAlgorithm; pkcs8: Uint8Array<ArrayBuffer> } {
  const key = createPrivateKey(privateKey);
  const algorithm = algorithmOf(key);
  if (!algorithm) throw new Error(`a CA's key is ${described(key)}; it must be ${ALLOWED}`);
  return { algorithm, pkcs8: new Uint8Array(key.export({ type: "pkcs8", format: "der" })) };
}

/** Checks that a CA is the same as before. */
export function checkSameCa(property: string, before: string, now: string, problems: Problems): void {
  const [old, given] = [before, now].map((certificate) => new X509Certificate(certificate).fingerprint256);
  if (old !== given) problems.add(property, otherCa(`SHA-256 ${old}`, `SHA-256 ${given}`));
}

/** Checks that a CA signed a certificate that is in use. */
export function checkSigned(property: string, { certificate }: KeyPair, signed: string, problems: Problems): void {
  const [ca, leaf] = [new X509Certificate(certificate), new X509Certificate(signed)];
  if (!leaf.verify(ca.publicKey)) problems.add(property, otherCa("which signed what is in use", `SHA-256 ${ca.fingerprint256}`));
}

function otherCa(before: string, now: string): string {
  return `is another CA (${now}) than the one from before (${before}), and a CA is not changed at once: machines and clients would trust one or the other; put the one from before back, and rotate the CA`;
}

function obstacle({ certificate, privateKey }: KeyPair): string | undefined {
  const ca = parsed(() => new X509Certificate(certificate));
  if (!ca) return "has no certificate in PEM form (-----BEGIN CERTIFICATE-----); give the CA's certificate";
  const key = parsed(() => createPrivateKey(privateKey));
  if (!key) return "has no private key in PEM form without a passphrase (PKCS#8, PKCS#1 or SEC1); give the key of the certificate";
  if (!algorithmOf(key)) return `has ${described(key)}; use ${ALLOWED}`;
  const subject = ca.subject.replaceAll("\n", ", ");
  if (!ca.checkPrivateKey(key)) return `has a private key that is not the one of its certificate (${subject}); give both of the same CA`;
  if (!ca.ca) return `has a certificate that is no CA's (${subject}: CA:FALSE); give one with CA:TRUE`;
  if (ca.validToDate.getTime() < Date.now()) return `has expired: ${subject} was valid until ${ca.validTo}; give one that is valid`;
  if (ca.validFromDate.getTime() > Date.now()) return `is not valid yet: ${subject} is from ${ca.validFrom} on; give one that is valid`;
  return undefined;
}

function algorithmOf(key: KeyObject): SigningAlgorithm | undefined {
  const { namedCurve = "", modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === "rsa" && modulusLength >= LEAST_RSA_BITS && modulusLength <= MOST_RSA_BITS) {
    return { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  }
  const curve = key.asymmetricKeyType === "ec" ? CURVES[namedCurve] : undefined;
  return curve && { name: "ECDSA", ...curve };
}

function described(key: KeyObject): string {
  const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {};
  const detail = modulusLength ? ` of ${modulusLength} bits` : namedCurve ? ` on ${namedCurve}` : "";
  return `a key of type ${key.asymmetricKeyType}${detail}`;
}

/** Returns the result of a function, or `undefined` when it throws. The error is dropped, because it could quote a key. */
function parsed<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
