import * as pulumi from "@pulumi/pulumi";
import type { KeyPair } from "../../lib/pki/key-pair.ts";
import type { Problems } from "../../lib/problems.ts";
import {
  CONTROL_PLANE_KEYRINGS,
  type ControlPlaneKeyring,
  type ControlPlaneRotation,
  generationsOf,
  phaseOf,
} from "../../lib/rotation/keyrings.ts";
import { checkRotation } from "../../lib/rotation/rules.ts";
import { checkedCa, checkGivenCa } from "./given-ca.ts";

/**
 * Credentials of a cluster's control planes, all of them secrets. They are plain data, so that any program can supply them, for example
 * from a Vault; those of ClusterPki are made once and kept. They change only by the steps of a rotation.
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
  /** Generations of the keys above, of those that are rotated. @default none was rotated */
  rotation?: ControlPlaneRotation;
  /** Keys of the generations that are trusted beside those in use, in the order of `rotation`. @default none */
  trusted?: TrustedKeys;
  /** Password of control planes for their virtual address, eight characters. @default derived from `encryptionKey` */
  virtualAddressPassword?: pulumi.Input<string>;
  /** Resource that exists as long as the cluster. Nothing in the cluster is cleaned up when it is deleted. @default always cleaned up */
  lifetime?: pulumi.Resource;
}

/** Keys that are trusted beside those in use. */
export interface TrustedKeys {
  /** Certificates of CAs of the API's aggregation layer, PEM. @default none */
  frontProxyCas?: pulumi.Input<string>[];
  /** Public keys of service-account tokens, PEM. @default none */
  serviceAccountKeys?: pulumi.Input<string>[];
  /** Keys that encrypted Secrets in etcd: 32 bytes, base64. @default none */
  encryptionKeys?: pulumi.Input<string>[];
  /** Certificates of CAs of the Kubernetes API and its clients, PEM. @default none */
  clusterCas?: pulumi.Input<string>[];
  /** Certificates of CAs of etcd, for its members on control planes, PEM. @default none */
  etcdCas?: pulumi.Input<string>[];
}

/** Property of the trusted keys for each key that can be rotated. */
const TRUSTED = {
  frontProxyCa: "frontProxyCas",
  serviceAccountKey: "serviceAccountKeys",
  encryptionKey: "encryptionKeys",
  etcdCa: "etcdCas",
  clusterCa: "clusterCas",
} as const satisfies Record<ControlPlaneKeyring, keyof TrustedKeys>;

/** Credentials whose CAs are checked. */
export interface CheckedCredentials {
  clusterCa: pulumi.Output<KeyPair>;
  frontProxyCa: pulumi.Output<KeyPair>;
  etcdCa: pulumi.Output<KeyPair> | undefined;
  serviceAccountKey: pulumi.Output<{ publicKey: string; privateKey: string }>;
  encryptionKey: pulumi.Output<string>;
  rotation: ControlPlaneRotation;
  trusted: pulumi.Output<pulumi.Unwrap<Required<TrustedKeys>>>;
  virtualAddressPassword: pulumi.Output<string> | undefined;
}

/** Checks credentials, as far as they are known before anything is created. */
export function checkCredentials(credentials: ControlPlaneCredentials, etcd: "stacked" | "external", problems: Problems): void {
  for (const property of ["clusterCa", "frontProxyCa", "etcdCa"] as const) checkGivenCa(property, credentials[property], problems);
  if (etcd === "stacked" && credentials.etcdCa === undefined)
    problems.add("etcdCa", "is missing; etcd's members on the control planes need it, so give one, or an etcd of its own");
  checkTrusted(credentials, problems);
}

function checkTrusted({ rotation = {}, trusted = {} }: ControlPlaneCredentials, problems: Problems): void {
  checkRotation(rotation, problems.at("rotation"));
  for (const keyring of CONTROL_PLANE_KEYRINGS) {
    const property = TRUSTED[keyring];
    const [given, named] = [trusted[property]?.length ?? 0, generationsOf(phaseOf(rotation, keyring)).length - 1];
    if (given !== named)
      problems.add(`trusted.${property}`, `has ${given} keys, and rotation.${keyring} trusts ${named} beside the one in use; give as many`);
  }
}

/** Returns credentials as secrets. A certificate and key that cannot be a CA are an error. */
export function checkedCredentials(subject: string, credentials: ControlPlaneCredentials): CheckedCredentials {
  const { clusterCa, frontProxyCa, etcdCa, serviceAccountKey, encryptionKey, virtualAddressPassword } = credentials;
  const { frontProxyCas = [], serviceAccountKeys = [], encryptionKeys = [], etcdCas = [], clusterCas = [] } = credentials.trusted ?? {};
  const checked = (property: string, given: pulumi.Input<KeyPair>) => checkedCa(subject, `credentials.${property}`, given);
  return {
    clusterCa: checked("clusterCa", clusterCa),
    frontProxyCa: checked("frontProxyCa", frontProxyCa),
    etcdCa: etcdCa === undefined ? undefined : checked("etcdCa", etcdCa),
    serviceAccountKey: pulumi.secret(serviceAccountKey),
    encryptionKey: pulumi.secret(encryptionKey),
    rotation: credentials.rotation ?? {},
    trusted: pulumi.secret({ frontProxyCas, serviceAccountKeys, encryptionKeys, etcdCas, clusterCas }),
    virtualAddressPassword: virtualAddressPassword === undefined ? undefined : pulumi.secret(virtualAddressPassword),
  };
}
