import { execFileSync } from "node:child_process";
import { createPrivateKey, createPublicKey, sign, verify, X509Certificate } from "node:crypto";
import { beforeAll, expect, it } from "vitest";
import { CA_DAYS, CLIENT_DAYS, createCa, createClient, createServer, createServiceAccountKey } from "../../../lib/pki/certificates.ts";
import type { KeyPair } from "../../../lib/pki/key-pair.ts";

const subject = { user: "kubernetes-admin", groups: ["kubeadm:cluster-admins"], days: CLIENT_DAYS };
let ca: KeyPair;
let client: KeyPair;

beforeAll(async () => {
  ca = await createCa("kubernetes");
  client = await createClient(ca, subject);
});

it("makes a self-signed CA that may sign leaf certificates only", () => {
  const certificate = new X509Certificate(ca.certificate);
  expect(certificate.subject).toBe("CN=kubernetes");
  expect(certificate.issuer).toBe("CN=kubernetes");
  expect(certificate.ca).toBe(true);
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(extensions(ca)).toEqual([
    "X509v3 Basic Constraints: critical CA:TRUE, pathlen:0",
    "X509v3 Key Usage: critical Digital Signature, Key Encipherment, Certificate Sign",
  ]);
});

it("makes client certificates that the CA signed, for one user and group", () => {
  const certificate = new X509Certificate(client.certificate);
  expect(certificate.subject).toBe("O=kubeadm:cluster-admins\nCN=kubernetes-admin");
  expect(certificate.ca).toBe(false);
  expect(certificate.checkIssued(new X509Certificate(ca.certificate))).toBe(true);
  expect(certificate.verify(createPublicKey(ca.certificate))).toBe(true);
  expect(certificate.subjectAltName).toBeUndefined();
  expect(extensions(client)).toEqual([
    "X509v3 Basic Constraints: critical CA:FALSE",
    "X509v3 Key Usage: critical Digital Signature, Key Encipherment",
    "X509v3 Extended Key Usage: TLS Web Client Authentication",
  ]);
});

it("makes client certificates without a group", async () => {
  const { certificate } = await createClient(ca, { user: "etcd-client", days: 1 });
  expect(new X509Certificate(certificate).subject).toBe("CN=etcd-client");
});

it("makes server certificates for names and addresses, which are client certificates as well", async () => {
  const server = await createServer(ca, {
    name: "etcd-0",
    hosts: ["localhost", "etcd-0"],
    addresses: ["127.0.0.1", "10.40.0.10"],
    days: CA_DAYS,
  });
  const certificate = new X509Certificate(server.certificate);
  expect(certificate.subject).toBe("CN=etcd-0");
  expect(certificate.subjectAltName).toBe("DNS:localhost, DNS:etcd-0, IP Address:127.0.0.1, IP Address:10.40.0.10");
  expect(certificate.verify(createPublicKey(ca.certificate))).toBe(true);
  expect(extensions(server)).toEqual([
    "X509v3 Basic Constraints: critical CA:FALSE",
    "X509v3 Key Usage: critical Digital Signature, Key Encipherment",
    "X509v3 Extended Key Usage: TLS Web Server Authentication, TLS Web Client Authentication",
  ]);
});

it("makes certificates that do not verify with another CA of the same name", async () => {
  const impostor = new X509Certificate((await createCa("kubernetes")).certificate);
  const certificate = new X509Certificate(client.certificate);
  expect(certificate.checkIssued(impostor)).toBe(false);
  expect(certificate.verify(impostor.publicKey)).toBe(false);
});

it("makes CAs valid for ten years and administrators for one, from a little before now", () => {
  expect([daysOf(ca), daysOf(client)]).toEqual([CA_DAYS, CLIENT_DAYS]);
  expect([CA_DAYS, CLIENT_DAYS]).toEqual([3650, 365]);
  const age = Date.now() - new X509Certificate(client.certificate).validFromDate.getTime();
  expect(age).toBeGreaterThan(4 * 60_000);
  expect(age).toBeLessThan(10 * 60_000);
});

it("gives each certificate the ECDSA P-256 key that belongs to it", () => {
  for (const { certificate, privateKey } of [ca, client]) {
    const key = createPrivateKey(privateKey);
    expect(key.asymmetricKeyDetails).toEqual({ namedCurve: "prime256v1" });
    expect(new X509Certificate(certificate).checkPrivateKey(key)).toBe(true);
    expect(privateKey).toMatch(/^-----BEGIN PRIVATE KEY-----\n[\s\S]*-----END PRIVATE KEY-----\n$/);
    expect(certificate).toMatch(/^-----BEGIN CERTIFICATE-----\n[\s\S]*-----END CERTIFICATE-----\n$/);
  }
});

it("makes a new key and serial number each time", async () => {
  const another = await createClient(ca, subject);
  expect(another.privateKey).not.toBe(client.privateKey);
  expect(new X509Certificate(another.certificate).serialNumber).not.toBe(new X509Certificate(client.certificate).serialNumber);
});

it("makes RSA keys of 2048 bits for service accounts", async () => {
  const { publicKey, privateKey } = await createServiceAccountKey();
  expect(createPrivateKey(privateKey).asymmetricKeyDetails).toEqual({ modulusLength: 2048, publicExponent: 65537n });
  expect(verify("sha256", Buffer.from("token"), publicKey, sign("sha256", Buffer.from("token"), privateKey))).toBe(true);
});

/** Reads the extensions about a certificate's purpose with OpenSSL. */
function extensions({ certificate }: KeyPair): string[] {
  const names = "basicConstraints,keyUsage,extendedKeyUsage";
  const text = execFileSync("openssl", ["x509", "-noout", "-ext", names], { encoding: "utf8", input: certificate });
  return text
    .trim()
    .split(/\n(?=\S)/)
    .map((extension) => extension.replace(/\s+/g, " ").trim());
}

function daysOf({ certificate }: KeyPair): number {
  const { validFromDate, validToDate } = new X509Certificate(certificate);
  return (validToDate.getTime() - validFromDate.getTime()) / (24 * 60 * 60_000);
}
