/**
 * Ciphers of TLS 1.2 for the API server, kubelets and etcd: those with forward secrecy and authenticated encryption. HTTP/2, and so etcd's
 * clients, ask for the first of each kind. TLS 1.3 has none that could be chosen.
 */
export const CIPHER_SUITES: readonly string[] = [
  "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
  "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
  "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
  "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
];

/** etcd's argument for them: it starts with none beside a user's TLS 1.3. */
export function etcdCipherSuites(own: Readonly<Record<string, string>> = {}): Record<string, string> {
  return own["tls-min-version"] === "TLS1.3" ? {} : { "cipher-suites": CIPHER_SUITES.join(",") };
}
