/** A private key and its certificate, both PEM. */
export interface KeyPair {
  certificate: string;
  privateKey: string;
}
