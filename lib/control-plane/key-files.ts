import { type EncryptionKey, encryptionConfiguration } from "../kubeadm/encryption.ts";
import * as paths from "../kubeadm/paths.ts";
import type { NodeFile } from "../node/files.ts";
import { readScript } from "../node/scripts.ts";
import { bundle } from "../pki/bundle.ts";
import type { KeyPair } from "../pki/key-pair.ts";
import { generationsOf, phaseOf, rotated } from "../rotation/keyrings.ts";
import type { RotationSettings } from "../rotation/settings.ts";

const PKI_FOLDER = "/etc/kubernetes/pki";

/** Keys of a control plane that can be rotated. */
export interface RotatedKeysArgs {
  cas: { cluster: KeyPair; frontProxy: KeyPair };
  serviceAccount: { publicKey: string; privateKey: string };
  encryptionKey: string;
  /** Generations of the keys that are rotated. @default none was rotated */
  rotation?: RotationSettings | undefined;
  /** Keys of the generations that are trusted beside those in use. @default none */
  trusted?: TrustedKeysArgs | undefined;
}

/** Keys that are trusted beside those in use, PEM or base64. */
export interface TrustedKeysArgs {
  clusterCas: readonly string[];
  frontProxyCas: readonly string[];
  serviceAccountKeys: readonly string[];
  encryptionKeys: readonly string[];
  etcdCas: readonly string[];
}

/** Files of keys that can be rotated, and those that a component reads only at its start. */
export interface RotatedKeyFiles {
  files: NodeFile[];
  /** Files by component. A key that was never rotated is not among them. */
  readAtStart: { "kube-apiserver": NodeFile[]; "kube-controller-manager": NodeFile[] };
}

/** Makes the files of the cluster's CA. The controller manager signs with a file that has one certificate. */
export function clusterCaFiles({ cas: { cluster }, trusted, rotation }: RotatedKeysArgs): NodeFile[] {
  const { certificate, privateKey } = cluster;
  return [
    { ...pki("ca.crt", "0644"), content: bundle(certificate, trusted?.clusterCas) },
    { ...pki("ca.key", "0600"), content: privateKey },
    ...(rotated(rotation).includes("clusterCa") ? [{ path: paths.SIGNING_CA, mode: "0644", content: certificate }] : []),
  ];
}

/** Makes the files of the other keys that can be rotated. The key in use comes first in each: kubeadm signs with the first CA. */
export function rotatedKeyFiles(args: RotatedKeysArgs): RotatedKeyFiles {
  const { cas, serviceAccount, trusted, rotation } = args;
  const frontProxyCa = { ...pki("front-proxy-ca.crt", "0644"), content: bundle(cas.frontProxy.certificate, trusted?.frontProxyCas) };
  const publicKeys = { ...pki("sa.pub", "0644"), content: bundle(serviceAccount.publicKey, trusted?.serviceAccountKeys) };
  const signingKey = { ...pki("sa.key", "0600"), content: serviceAccount.privateKey };
  const keyrings = rotated(rotation);
  const clusterCas = keyrings.includes("clusterCa") ? clusterCaFiles(args) : [];
  const tokens = keyrings.includes("serviceAccountKey");
  return {
    files: [
      frontProxyCa,
      { ...pki("front-proxy-ca.key", "0600"), content: cas.frontProxy.privateKey },
      publicKeys,
      signingKey,
      ...(keyrings.includes("encryptionKey") ? [secretsAtRest()] : []),
    ],
    readAtStart: {
      "kube-apiserver": [
        ...(keyrings.includes("frontProxyCa") ? [frontProxyCa] : []),
        ...(tokens ? [publicKeys, signingKey] : []),
        ...clusterCas,
      ],
      "kube-controller-manager": [...(tokens ? [signingKey] : []), ...clusterCas],
    },
  };
}

/** Makes the file with the keys that encrypt Secrets in etcd. Each is named after its generation. */
export function encryptionFile({ encryptionKey, trusted, rotation }: RotatedKeysArgs): NodeFile {
  const secrets = [encryptionKey, ...(trusted?.encryptionKeys ?? [])];
  const keys = generationsOf(phaseOf(rotation, "encryptionKey")).map(
    (generation, index): EncryptionKey => ({ name: `key${generation}`, secret: secrets[index]! }),
  );
  return { path: paths.ENCRYPTION, mode: "0600", content: encryptionConfiguration(keys) };
}

/** Makes the program that looks in etcd for Secrets of other keys, and has them written anew. */
function secretsAtRest(): NodeFile {
  return { path: "/usr/local/sbin/caravan-secrets-at-rest", mode: "0755", content: readScript("secrets-at-rest.py") };
}

function pki(name: string, mode: string): Pick<NodeFile, "path" | "mode"> {
  return { path: `${PKI_FOLDER}/${name}`, mode };
}
