import { execFileSync } from "node:child_process";
import { createPublicKey, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { checkCa, checkSameCa, checkSigned } from "../../../lib/pki/ca.ts";
import { createCa, createClient, createServer } from "../../../lib/pki/certificates.ts";
import type { KeyPair } from "../../../lib/pki/key-pair.ts";
import { problemsOf } from "../../support/problems.ts";

const folder = mkdtempSync(join(tmpdir(), "ca-"));
afterAll(() => rmSync(folder, { recursive: true }));

const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, encoding: "utf8", stdio: "pipe" });
const read = (file: string) => readFileSync(join(folder, file), "utf8");

const KEYS: Record<string, string[]> = {
  rsa2048: ["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
  rsa4096: ["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:4096"],
  p256: ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
  p384: ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
  p521: ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"],
};

/** Makes a CA with OpenSSL; `options` are those of its certificate. */
function caOf(key: string, options: readonly string[] = ["-days", "3650"]): KeyPair {
  openssl("req", "-x509", "-new", "-key", key, "-config", "ca.cnf", "-out", "ca.crt", ...options);
  return { certificate: read("ca.crt"), privateKey: read(key) };
}

// The key identifier is not a digest of the key, so a signer must copy it from the certificate.
const SETTINGS = `[req]
prompt = no
distinguished_name = name
x509_extensions = extensions
[name]
O = Example
CN = kubernetes
[extensions]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
subjectKeyIdentifier = 0102030405
`;

beforeAll(() => {
  writeFileSync(join(folder, "ca.cnf"), SETTINGS);
  for (const [name, args] of Object.entries(KEYS)) openssl(...args, "-out", name);
  openssl("rsa", "-in", "rsa2048", "-traditional", "-out", "rsa2048-pkcs1");
  openssl("ec", "-in", "p384", "-out", "p384-sec1");
  openssl("ecparam", "-name", "secp384r1", "-genkey", "-out", "p384-with-parameters");
});

it.each([
  ["rsa2048", "PRIVATE KEY", "sha256WithRSAEncryption"],
  ["rsa4096", "PRIVATE KEY", "sha256WithRSAEncryption"],
  ["rsa2048-pkcs1", "RSA PRIVATE KEY", "sha256WithRSAEncryption"],
  ["p256", "PRIVATE KEY", "ecdsa-with-SHA256"],
  ["p384", "PRIVATE KEY", "ecdsa-with-SHA384"],
  ["p384-sec1", "EC PRIVATE KEY", "ecdsa-with-SHA384"],
  ["p384-with-parameters", "EC PARAMETERS", "ecdsa-with-SHA384"],
  ["p521", "PRIVATE KEY", "ecdsa-with-SHA512"],
])("signs with a CA of %s, and OpenSSL trusts the result", async (key, form, algorithm) => {
  const ca = caOf(key);
  expect(ca.privateKey).toMatch(new RegExp(`^-----BEGIN ${form}-----`));
  expect(problemsOf((problems) => checkCa("cluster", ca, problems))).toEqual([]);
  const client = await createClient(ca, { user: "kubernetes-admin", groups: ["admins"], days: 1 });
  const server = await createServer(ca, { name: "etcd-0", hosts: ["etcd-0"], addresses: ["10.0.0.1"], days: 1 });
  for (const [purpose, { certificate }] of Object.entries({ sslclient: client, sslserver: server })) {
    writeFileSync(join(folder, "leaf.crt"), certificate);
    expect(openssl("verify", "-x509_strict", "-purpose", purpose, "-CAfile", "ca.crt", "leaf.crt")).toBe("leaf.crt: OK\n");
    expect(openssl("x509", "-in", "leaf.crt", "-noout", "-text")).toContain(`Signature Algorithm: ${algorithm}\n`);
    expect(new X509Certificate(certificate).verify(createPublicKey(ca.certificate))).toBe(true);
  }
});

it("signs no certificate that is valid longer than the CA", async () => {
  const ca = caOf("p256", ["-days", "30"]);
  const { certificate } = await createClient(ca, { user: "a", days: 365 });
  expect(new X509Certificate(certificate).validTo).toBe(new X509Certificate(ca.certificate).validTo);
});

it("refuses a pair that is no CA, does not match, has expired or has another kind of key", async () => {
  openssl("genpkey", "-algorithm", "ed25519", "-out", "ed25519");
  openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024", "-out", "rsa1024");
  openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp256k1", "-out", "k1");
  openssl("rsa", "-in", "rsa2048", "-aes128", "-passout", "pass:word", "-out", "encrypted");
  const good = caOf("p256");
  const leaf = await createClient(good, { user: "leaf", days: 1 });
  const allowed = "use an RSA key of 2048 to 4096 bits, or an ECDSA key on P-256, P-384 or P-521";
  const name = "O=Example, CN=kubernetes";
  const problem = (pair: KeyPair) => problemsOf((problems) => checkCa("cluster", pair, problems));
  expect(problem({ ...good, certificate: "none" })).toEqual([
    "cluster: has no certificate in PEM form (-----BEGIN CERTIFICATE-----); give the CA's certificate",
  ]);
  for (const privateKey of ["none", read("encrypted")]) {
    expect(problem({ ...good, privateKey })).toEqual([
      "cluster: has no private key in PEM form without a passphrase (PKCS#8, PKCS#1 or SEC1); give the key of the certificate",
    ]);
  }
  expect(problem(caOf("ed25519"))).toEqual([`cluster: has a key of type ed25519; ${allowed}`]);
  expect(problem(caOf("rsa1024"))).toEqual([`cluster: has a key of type rsa of 1024 bits; ${allowed}`]);
  expect(problem(caOf("k1"))).toEqual([`cluster: has a key of type ec on secp256k1; ${allowed}`]);
  expect(problem({ ...good, privateKey: read("p384") })).toEqual([
    `cluster: has a private key that is not the one of its certificate (${name}); give both of the same CA`,
  ]);
  expect(problem(leaf)).toEqual(["cluster: has a certificate that is no CA's (CN=leaf: CA:FALSE); give one with CA:TRUE"]);
  expect(problem(expired())).toEqual([`cluster: has expired: ${name} was valid until Jan  2 00:00:00 2020 GMT; give one that is valid`]);
});

it("recognizes another CA, and the same CA in another encoding", async () => {
  const [one, other] = await Promise.all([createCa("kubernetes"), createCa("kubernetes")]);
  const { certificate: leaf } = await createClient(one, { user: "leaf", days: 1 });
  const same = (certificate: string) =>
    problemsOf((problems) => {
      checkSameCa("etcd", one.certificate, certificate, problems);
      checkSigned("etcd", { ...one, certificate }, leaf, problems);
    });
  expect(same(`\n${one.certificate}\n\n`)).toEqual([]);
  const [before, now] = [one, other].map(({ certificate }) => `SHA-256 ${new X509Certificate(certificate).fingerprint256}`);
  const rest =
    "and a CA is not changed at once: machines and clients would trust one or the other; put the one from before back, and rotate the CA";
  expect(same(other.certificate)).toEqual([
    `etcd: is another CA (${now}) than the one from before (${before}), ${rest}`,
    `etcd: is another CA (${now}) than the one from before (which signed what is in use), ${rest}`,
  ]);
});

/** Makes an expired CA. Only `openssl ca` can set its dates. */
function expired(): KeyPair {
  openssl("req", "-new", "-key", "p256", "-subj", "/O=Example/CN=kubernetes", "-out", "ca.csr");
  const settings =
    "[ca]\ndefault_ca=a\n[a]\ndatabase=index\nserial=serial\nnew_certs_dir=.\ndefault_md=sha256\npolicy=p\n[p]\nO=optional\nCN=supplied\n[e]\nbasicConstraints=CA:TRUE\n";
  for (const [file, text] of Object.entries({ "ca.cnf": settings, index: "", serial: "01\n" })) writeFileSync(join(folder, file), text);
  const dates = ["-startdate", "20200101000000Z", "-enddate", "20200102000000Z"];
  openssl(
    "ca",
    "-batch",
    "-config",
    "ca.cnf",
    "-selfsign",
    "-keyfile",
    "p256",
    "-in",
    "ca.csr",
    "-out",
    "old.crt",
    "-extensions",
    "e",
    "-notext",
    ...dates,
  );
  return { certificate: read("old.crt"), privateKey: read("p256") };
}
