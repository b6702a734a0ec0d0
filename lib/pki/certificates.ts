// The x509 library's dependency injection needs this polyfill before all other imports.
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { signerOf } from "./ca.ts";
import type { KeyPair } from "./key-pair.ts";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const DAY = 24 * 60 * 60 * 1000;

/** Validity of a CA in days, and of what etcd's members and clients have; kubeadm's default for its CAs. */
export const CA_DAYS = 3650;

/** Validity of the administrator's certificate in days; kubeadm's default for client certificates. */
export const CLIENT_DAYS = 365;

/** Subject of a client certificate. */
export interface ClientSubject {
  /** User name: the common name. */
  user: string;
  /** Groups of the user: the organizations. @default none */
  groups?: readonly string[];
  /** Days until the certificate expires. */
  days: number;
}

/** Subject of a server certificate. */
export interface ServerSubject {
  /** The common name. */
  name: string;
  /** DNS names at which the server is reached. */
  hosts: readonly string[];
  /** IP addresses at which the server is reached. */
  addresses: readonly string[];
  /** Days until the certificate expires. */
  days: number;
}

/** Makes a self-signed CA (ECDSA P-256) that may sign leaf certificates only. */
export async function createCa(commonName: string, days = CA_DAYS): Promise<KeyPair> {
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [commonName] }],
    ...validity(days),
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: pem(certificate), privateKey: await privatePem(keys.privateKey) };
}

/** Makes a client certificate for a user of the Kubernetes API or of etcd, signed by a CA. */
export function createClient(ca: KeyPair, { user, groups = [], days }: ClientSubject): Promise<KeyPair> {
  const name = [...groups.map((group) => ({ O: [group] })), { CN: [user] }];
  return createLeaf(ca, name, days, [new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth])]);
}

/** Makes a certificate for a server that is also a client of its peers, like an etcd member, signed by a CA. */
export function createServer(ca: KeyPair, { name, hosts, addresses, days }: ServerSubject): Promise<KeyPair> {
  const names = [...hosts.map((value) => ({ type: "dns", value }) as const), ...addresses.map((value) => ({ type: "ip", value }) as const)];
  return createLeaf(ca, [{ CN: [name] }], days, [
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
    new x509.SubjectAlternativeNameExtension(names),
  ]);
}

/**
 * Makes the key that signs service-account tokens. It is RSA because the key decides the token's algorithm, and all verifiers know RS256.
 */
export async function createServiceAccountKey(): Promise<{ publicKey: string; privateKey: string }> {
  const rsa = { name: "RSASSA-PKCS1-v1_5", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" };
  const keys = await crypto.subtle.generateKey(rsa, true, ["sign", "verify"]);
  const publicKey = await crypto.subtle.exportKey("spki", keys.publicKey);
  return { publicKey: `${x509.PemConverter.encode(publicKey, "PUBLIC KEY")}\n`, privateKey: await privatePem(keys.privateKey) };
}

async function createLeaf(ca: KeyPair, subject: x509.JsonName, days: number, purpose: x509.Extension[]): Promise<KeyPair> {
  const keys = await generateKeys();
  const issuer = new x509.X509Certificate(ca.certificate);
  const { algorithm, pkcs8 } = signerOf(ca);
  const certificate = await x509.X509CertificateGenerator.create({
    subject,
    issuer: issuer.subjectName,
    ...validity(days, issuer.notAfter),
    publicKey: keys.publicKey,
    signingKey: await crypto.subtle.importKey("pkcs8", pkcs8, algorithm, false, ["sign"]),
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment, true),
      ...purpose,
      await keyIdentifierOf(issuer),
    ],
  });
  return { certificate: pem(certificate), privateKey: await privatePem(keys.privateKey) };
}

function generateKeys() {
  return crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
}

/** Returns a validity from now on, which never ends after that of the issuer. */
function validity(days: number, latest?: Date): { notBefore: Date; notAfter: Date } {
  // The clock of a machine may be a little behind when it first sees the certificate.
  const notBefore = new Date(Date.now() - 5 * 60 * 1000);
  const notAfter = new Date(notBefore.getTime() + days * DAY);
  return { notBefore, notAfter: latest && latest < notAfter ? latest : notAfter };
}

/**
 * Returns the key identifier of an issuer. It is read from its certificate, because not every tool derives it from the key in the same way.
 */
async function keyIdentifierOf(issuer: x509.X509Certificate): Promise<x509.Extension> {
  const own = issuer.getExtension(x509.SubjectKeyIdentifierExtension);
  return own ? new x509.AuthorityKeyIdentifierExtension(own.keyId) : x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey);
}

async function privatePem(key: CryptoKey): Promise<string> {
  return `${x509.PemConverter.encode(await crypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY")}\n`;
}

function pem(certificate: x509.X509Certificate): string {
  return `${certificate.toString("pem")}\n`;
}
