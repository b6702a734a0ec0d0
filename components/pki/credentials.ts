import * as pulumi from "@pulumi/pulumi";
import type { KeyPair } from "../../lib/pki/key-pair.ts";
import type { Problems } from "../../lib/problems.ts";
import { checkGivenCa, soundCa } from "./given-ca.ts";

/**
 * Credentials that make machines the control planes of one cluster, all of them secrets. Plain data, so that any program can supply
 * them, from a Vault, for example; those of ClusterPki are made once and kept. They are the same for as long as the cluster exists.
 */
export interface ControlPlaneCredentials {
  /** CA of the Kubernetes API and its clients. */
  clusterCa: pulumi.Input<KeyPair>;
  /** CA of the API's aggregation layer. */
  frontProxyCa: pulumi.Input<KeyPair>;
  /** CA of etcd, for its members on control planes. @default none: etcd is on machines of its own */
  etcdCa?: pulumi.Input<KeyPair>;
  /** Key pair that signs service-account tokens, PEM. */
  serviceAccountKey: pulumi.Input<{ publicKey: string; privateKey: string }>;
  /** Key that encrypts Secrets in etcd: 32 bytes, base64. */
  encryptionKey: pulumi.Input<string>;
  /** Resource that exists as long as the cluster does: nothing is undone in a cluster that goes with it. @default always undone */
  lifetime?: pulumi.Resource;
}

/** Credentials of which every ca can be one. */
export interface SoundCredentials {
  clusterCa: pulumi.Output<KeyPair>;
  frontProxyCa: pulumi.Output<KeyPair>;
  etcdCa: pulumi.Output<KeyPair> | undefined;
  serviceAccountKey: pulumi.Output<{ publicKey: string; privateKey: string }>;
  encryptionKey: pulumi.Output<string>;
}

/** Notes what is wrong with credentials, as far as they are known before anything is made. */
export function checkCredentials(credentials: ControlPlaneCredentials, etcd: "stacked" | "external", problems: Problems): void {
  for (const property of ["clusterCa", "frontProxyCa", "etcdCa"] as const) checkGivenCa(property, credentials[property], problems);
  if (etcd === "stacked" && credentials.etcdCa === undefined)
    problems.add("etcdCa", "is missing; etcd's members on the control planes need it, so give one, or an etcd of its own");
}

/** Credentials as secrets; a ca that cannot be one goes no further. */
export function soundCredentials(subject: string, credentials: ControlPlaneCredentials): SoundCredentials {
  const { clusterCa, frontProxyCa, etcdCa, serviceAccountKey, encryptionKey } = credentials;
  const sound = (property: string, given: pulumi.Input<KeyPair>) => soundCa(subject, `credentials.${property}`, given);
  return {
    clusterCa: sound("clusterCa", clusterCa),
    frontProxyCa: sound("frontProxyCa", frontProxyCa),
    etcdCa: etcdCa === undefined ? undefined : sound("etcdCa", etcdCa),
    serviceAccountKey: pulumi.secret(serviceAccountKey),
    encryptionKey: pulumi.secret(encryptionKey),
  };
}
