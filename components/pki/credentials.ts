import * as pulumi from "@pulumi/pulumi";
import type { KeyPair } from "../../lib/pki/key-pair.ts";
import type { Problems } from "../../lib/problems.ts";
import { checkedCa, checkGivenCa } from "./given-ca.ts";

/**
 * Credentials of a cluster's control planes, all of them secrets. They are plain data, so that any program can supply them, for example
 * from a Vault; those of ClusterPki are made once and kept. They must stay the same as long as the cluster exists.
 */
export interface ControlPlaneCredentials {
  /** CA of the Kubernetes API and its clients. */
  clusterCa: pulumi.Input<KeyPair>;
  /** CA of the API's aggregation layer. */
  frontProxyCa: pulumi.Input<KeyPair>;
  /** CA of etcd, for its members on control planes. @default none: etcd is on its own machines */
  etcdCa?: pulumi.Input<KeyPair>;
  /** Key pair that signs service-account tokens, PEM. */
  serviceAccountKey: pulumi.Input<{ publicKey: string; privateKey: string }>;
  /** Key that encrypts Secrets in etcd: 32 bytes, base64. */
  encryptionKey: pulumi.Input<string>;
  /** Resource that exists as long as the cluster. Nothing in the cluster is cleaned up when it is deleted. @default always cleaned up */
  lifetime?: pulumi.Resource;
}

/** Credentials whose CAs are checked. */
export interface CheckedCredentials {
  clusterCa: pulumi.Output<KeyPair>;
  frontProxyCa: pulumi.Output<KeyPair>;
  etcdCa: pulumi.Output<KeyPair> | undefined;
  serviceAccountKey: pulumi.Output<{ publicKey: string; privateKey: string }>;
  encryptionKey: pulumi.Output<string>;
}

/** Checks credentials, as far as they are known before anything is created. */
export function checkCredentials(credentials: ControlPlaneCredentials, etcd: "stacked" | "external", problems: Problems): void {
  for (const property of ["clusterCa", "frontProxyCa", "etcdCa"] as const) checkGivenCa(property, credentials[property], problems);
  if (etcd === "stacked" && credentials.etcdCa === undefined)
    problems.add("etcdCa", "is missing; etcd's members on the control planes need it, so give one, or an etcd of its own");
}

/** Returns credentials as secrets. A certificate and key that cannot be a CA are an error. */
export function checkedCredentials(subject: string, credentials: ControlPlaneCredentials): CheckedCredentials {
  const { clusterCa, frontProxyCa, etcdCa, serviceAccountKey, encryptionKey } = credentials;
  const checked = (property: string, given: pulumi.Input<KeyPair>) => checkedCa(subject, `credentials.${property}`, given);
  return {
    clusterCa: checked("clusterCa", clusterCa),
    frontProxyCa: checked("frontProxyCa", frontProxyCa),
    etcdCa: etcdCa === undefined ? undefined : checked("etcdCa", etcdCa),
    serviceAccountKey: pulumi.secret(serviceAccountKey),
    encryptionKey: pulumi.secret(encryptionKey),
  };
}
