/**
 * Cipher suites of TLS 1.2 for the API server, kubelets and etcd: those with forward secrecy and authenticated encryption. HTTP/2, and so
 * etcd's clients, require the first of each kind. Those of TLS 1.3 cannot be chosen.
 */
export const CIPHER_SUITES: readonly string[] = [
  "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
  "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
  "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
  "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
];

/** Makes etcd's argument for the cipher suites. It is left out when a user requires TLS 1.3, because etcd would not start. */
export function etcdCipherSuites(own: Readonly<Record<string, string | string[]>> = {}): Record<string, string> {
  return own["tls-min-version"] === "TLS1.3" ? {} : { "cipher-suites": CIPHER_SUITES.join(",") };
}
