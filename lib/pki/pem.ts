import { X509Certificate } from "node:crypto";

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/** Returns whether a text is the PEM of one or more certificates, and has no private key. */
export function areCertificates(text: string): boolean {
  const blocks = text.match(CERTIFICATE) ?? [];
  try {
    for (const block of blocks) new X509Certificate(block);
  } catch {
    return false;
  }
  return blocks.length > 0 && !/-----BEGIN (?!CERTIFICATE-----)/.test(text);
}
