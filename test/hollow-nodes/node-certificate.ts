// The x509 library's dependency injection needs this polyfill before anything else.
import "reflect-metadata";
import { setTimeout as sleep } from "node:timers/promises";
import * as x509 from "@peculiar/x509";
import type { KeyPair } from "../../lib/pki/key-pair.ts";
import type { KubernetesApi } from "./kubernetes-api.ts";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const REQUESTS = "/apis/certificates.k8s.io/v1/certificatesigningrequests";

/** Seconds in which the controller manager approves and signs. */
const PATIENCE = 120;

interface SigningRequest {
  metadata: { name: string };
  status?: { certificate?: string; conditions?: { type: string; message?: string }[] };
}

/** Requests a node's client certificate, like a kubelet with a certificate for an hour. The cluster decides on its approval. */
export async function requestNodeCertificate(given: KubernetesApi, node: string): Promise<KeyPair> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const subject: x509.JsonName = [{ O: ["system:nodes"] }, { CN: [`system:node:${node}`] }];
  const request = await x509.Pkcs10CertificateRequestGenerator.create({ name: subject, keys, signingAlgorithm: ALGORITHM });
  const pem = x509.PemConverter.encode(request.rawData, "CERTIFICATE REQUEST");
  const { metadata } = await given.send<SigningRequest>("POST", REQUESTS, {
    body: {
      apiVersion: "certificates.k8s.io/v1",
      kind: "CertificateSigningRequest",
      metadata: { generateName: "csr-" },
      spec: {
        signerName: "kubernetes.io/kube-apiserver-client-kubelet",
        usages: ["digital signature", "client auth"],
        request: Buffer.from(pem).toString("base64"),
      },
    },
  });
  const certificate = await signed(given, metadata.name);
  const privateKey = x509.PemConverter.encode(await crypto.subtle.exportKey("pkcs8", keys.privateKey), "PRIVATE KEY");
  return { certificate, privateKey };
}

async function signed(given: KubernetesApi, name: string): Promise<string> {
  const deadline = Date.now() + PATIENCE * 1000;
  for (let delay = 200; Date.now() < deadline; delay = Math.min(delay * 2, 2000)) {
    await sleep(delay);
    const { status = {} } = await given.get<SigningRequest>(`${REQUESTS}/${name}`);
    const refused = status.conditions?.find(({ type }) => type !== "Approved");
    if (refused) throw new Error(`the certificate request ${name} was refused: ${refused.type} ${refused.message ?? ""}`);
    if (status.certificate) return Buffer.from(status.certificate, "base64").toString();
  }
  throw new Error(`the certificate request ${name} was not signed within ${PATIENCE} s: does the controller manager run?`);
}
