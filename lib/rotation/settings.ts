import { z } from "zod";
import { bounded, object } from "../schema.ts";
import { MOST_GENERATIONS } from "./limits.ts";

/** Generations of a key, counted from 1. Each change of it is one step of a rotation, and one `pulumi up`. */
export interface KeyringSettings {
  /** Generation that is in use: it signs or encrypts, from 1 to 1000. */
  use: number;
  /** Generations that are trusted, in rising order: the one in use, and at most one other. */
  trust: number[];
}

/** Keys of a cluster that can be rotated, each by its generations. */
export interface RotationSettings {
  /** Key that encrypts Secrets in etcd. @default { use: 1, trust: [1] } */
  encryptionKey?: KeyringSettings;
  /** Key that signs the tokens of service accounts. @default { use: 1, trust: [1] } */
  serviceAccountKey?: KeyringSettings;
  /** CA of the API's aggregation layer. @default { use: 1, trust: [1] } */
  frontProxyCa?: KeyringSettings;
  /** CA of etcd, with members on control planes or on machines of their own. @default { use: 1, trust: [1] } */
  etcdCa?: KeyringSettings;
  /** CA of the Kubernetes API, its clients and kubelets. @default { use: 1, trust: [1] } */
  clusterCa?: KeyringSettings;
  /** CA of Cilium's own etcd. @default { use: 1, trust: [1] } */
  ciliumEtcdCa?: KeyringSettings;
}

/** Schema of KeyringSettings. @internal */
const keyring = object({ use: bounded(1, MOST_GENERATIONS), trust: z.array(bounded(1, MOST_GENERATIONS)) });

/** Schema of RotationSettings. @internal */
export const rotation = object({
  encryptionKey: keyring.optional(),
  serviceAccountKey: keyring.optional(),
  frontProxyCa: keyring.optional(),
  etcdCa: keyring.optional(),
  clusterCa: keyring.optional(),
  ciliumEtcdCa: keyring.optional(),
});
