import { X509Certificate } from "node:crypto";

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/** Returns the certificates in a text, each as PEM without a line break at its end. */
export function certificatesIn(text: string): string[] {
  return text.match(CERTIFICATE) ?? [];
}

/** Returns whether a text is the PEM of one or more certificates, and has no private key. */
export function areCertificates(text: string): boolean {
  const blocks = certificatesIn(text);
  try {
    for (const block of blocks) new X509Certificate(block);
  } catch {
    return false;
  }
  return blocks.length > 0 && !/-----BEGIN (?!CERTIFICATE-----)/.test(text);
}
