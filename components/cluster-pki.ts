import * as pulumi from "@pulumi/pulumi";
import { defined } from "../lib/defined.ts";
import { createEncryptionKey } from "../lib/kubeadm/encryption.ts";
import { bundle } from "../lib/pki/bundle.ts";
import { CLIENT_DAYS, createCa, createClient, createServiceAccountKey } from "../lib/pki/certificates.ts";
import type { KeyPair } from "../lib/pki/key-pair.ts";
import { kubeconfig } from "../lib/pki/kubeconfig.ts";
import { nearEnds, renewalsUntil } from "../lib/pki/renewal.ts";
import { checkCaValidity, DEFAULT_CA_VALIDITY, daysOf } from "../lib/pki/validity.ts";
import { Problems } from "../lib/problems.ts";
import { phaseOf } from "../lib/rotation/keyrings.ts";
import { checkRotation } from "../lib/rotation/rules.ts";
import type { RotationSettings } from "../lib/rotation/settings.ts";
import { after } from "./engine/gate.ts";
import { remember } from "./engine/remember.ts";
import type { ControlPlaneCredentials } from "./pki/credentials.ts";
import { certificatesOf, generations, signedBy } from "./pki/generations.ts";
import { checkGivenCa, keptCa } from "./pki/given-ca.ts";
import { recordPhases, rotationCredentials } from "./pki/rotation.ts";

const CAS = ["cluster", "etcd", "frontProxy", "ciliumEtcd"] as const satisfies readonly (keyof ClusterPkiArgs)[];
type CaProperty = (typeof CAS)[number];

/** CAs that can be rotated, each with its property. */
const ROTATED_CAS = [
  ["cluster", "clusterCa"],
  ["frontProxy", "frontProxyCa"],
  ["etcd", "etcdCa"],
  ["ciliumEtcd", "ciliumEtcdCa"],
] as const satisfies readonly (readonly [CaProperty, keyof RotationSettings])[];
type CaKeyring = (typeof ROTATED_CAS)[number][1];

/**
 * Existing CAs, for example from a Vault: certificates in PEM with keys of RSA (2048 to 4096 bits) or ECDSA (P-256, P-384 or P-521). They
 * cannot be changed later.
 */
export interface ClusterPkiArgs {
  /** Name of the cluster, used in kubeconfigs. */
  clusterName: string;
  /** CA of the Kubernetes API and its clients. @default made and kept in the state */
  cluster?: pulumi.Input<KeyPair>;
  /** CA of etcd. @default made and kept in the state */
  etcd?: pulumi.Input<KeyPair>;
  /** CA of the API's aggregation layer. @default made and kept in the state */
  frontProxy?: pulumi.Input<KeyPair>;
  /** CA of Cilium's own etcd. With `true`, it is made and kept in the state. @default none */
  ciliumEtcd?: true | pulumi.Input<KeyPair>;
  /** Validity of the CAs that are made, from "24h" to "438000h". It cannot be changed later. @default "87600h" */
  caValidity?: string;
  /** Generations of the keys and CAs that are rotated. @default none was rotated */
  rotation?: RotationSettings;
}

/**
 * Identity of a cluster: its CAs and keys. They are made before any machine and kept in the encrypted state. So all nodes are alike,
 * credentials are known before the first server exists, and no secret is fetched from a node.
 */
export class ClusterPki extends pulumi.ComponentResource {
  /** CA of the Kubernetes API and its clients. */
  readonly cluster: pulumi.Output<KeyPair>;
  /** CA of etcd. */
  readonly etcd: pulumi.Output<KeyPair>;
  /** CA of the API's aggregation layer. */
  readonly frontProxy: pulumi.Output<KeyPair>;
  /** CA of Cilium's own etcd, if it has one. */
  readonly ciliumEtcd?: pulumi.Output<KeyPair>;
  /** Certificates of other CAs of Cilium's own etcd that are trusted, PEM, during a rotation. */
  readonly trustedCiliumEtcdCas: pulumi.Output<string>[];
  /** Keys that sign service-account tokens. */
  readonly serviceAccount: pulumi.Output<{ publicKey: string; privateKey: string }>;
  /** Key that encrypts Secrets in etcd: 32 bytes, base64. */
  readonly encryptionKey: pulumi.Output<string>;
  /** Resource that exists as long as the cluster. Resources that need no cleanup when the whole cluster is deleted are `deletedWith` it. */
  readonly lifetime: pulumi.CustomResource;
  /** Credentials of control planes. */
  readonly credentials: ControlPlaneCredentials;
  readonly #clusterName: string;
  readonly #administrator: pulumi.Output<KeyPair>;
  /** Certificates of other CAs of the Kubernetes API that are trusted. */
  readonly #trustedCas: pulumi.Output<string>[];

  constructor(name: string, args: ClusterPkiArgs, opts?: pulumi.ComponentResourceOptions) {
    validate(name, args);
    super("caravan:index:ClusterPki", name, {}, opts);
    this.#clusterName = args.clusterName;
    const { rotation = {} } = args;
    const child = { parent: this };

    const days = daysOf(args.caValidity ?? DEFAULT_CA_VALIDITY);
    const kept = (property: CaProperty, suffix: string, commonName: string, given = args[property]) =>
      keptCa(`${name}-${suffix}`, property, () => createCa(commonName, days), given === true ? undefined : given, child);
    const rotating = (
      keyring: CaKeyring,
      property: CaProperty,
      suffix: string,
      commonName: string,
      first = () => kept(property, suffix, commonName).ca,
    ) => generations(`${name}-${suffix}`, phaseOf(rotation, keyring), () => createCa(commonName, days), child, first);
    // The first generation stays in the state when it is no longer trusted, because the cluster's identity is that of its resource.
    const { stash: identity, ca: firstCa } = kept("cluster", "cluster", "kubernetes");
    this.lifetime = identity;
    const clusterCa = rotating("clusterCa", "cluster", "cluster", "kubernetes", () => firstCa);
    const recorded = recordPhases(name, rotation, this);
    this.cluster = after(clusterCa.used, recorded);
    this.#trustedCas = certificatesOf(clusterCa);
    const etcdCa = rotating("etcdCa", "etcd", "etcd", "etcd-ca");
    this.etcd = etcdCa.used;
    const frontProxyCa = rotating("frontProxyCa", "frontProxy", "front-proxy", "front-proxy-ca");
    this.frontProxy = frontProxyCa.used;
    const ciliumEtcdCa = args.ciliumEtcd ? rotating("ciliumEtcdCa", "ciliumEtcd", "cilium-etcd", "cilium-etcd-ca") : undefined;
    if (ciliumEtcdCa) this.ciliumEtcd = after(ciliumEtcdCa.used, recorded);
    this.trustedCiliumEtcdCas = ciliumEtcdCa ? certificatesOf(ciliumEtcdCa) : [];
    const serviceAccountKey = generations(
      `${name}-service-account`,
      phaseOf(rotation, "serviceAccountKey"),
      createServiceAccountKey,
      child,
    );
    this.serviceAccount = serviceAccountKey.used;
    const encryptionKey = generations(`${name}-encryption`, phaseOf(rotation, "encryptionKey"), createEncryptionKey, child);
    this.encryptionKey = encryptionKey.used;

    this.credentials = {
      clusterCa: this.cluster,
      frontProxyCa: this.frontProxy,
      etcdCa: this.etcd,
      serviceAccountKey: this.serviceAccount,
      encryptionKey: this.encryptionKey,
      lifetime: this.lifetime,
      ...rotationCredentials(name, rotation, { clusterCa, frontProxyCa, serviceAccountKey, encryptionKey, etcdCa }, recorded, this),
    };

    // Signed anew together with the CA, and when a third of its validity is left. Between, a plan without changes shows none.
    const subject = { user: "kubernetes-admin", groups: ["kubeadm:cluster-admins"], days: CLIENT_DAYS };
    // A number of dates is no secret.
    const renewals = pulumi.unsecret(this.cluster.apply(({ certificate }) => renewalsUntil(new Date(), certificate, CLIENT_DAYS)));
    this.#administrator = remember(`${name}-administrator`, () => this.cluster.apply((pair) => createClient(pair, subject)), {
      ...child,
      replaceWith: [identity],
      replacementTrigger: signedBy(phaseOf(rotation, "clusterCa").use, renewals),
    });
    this.#warnOfEnds();
    this.registerOutputs({});
  }

  /** Warns of CAs that end within 60 days. */
  #warnOfEnds(): void {
    const { cluster, etcd, frontProxy, ciliumEtcd } = this;
    const warned = pulumi.all({ cluster, etcd, frontProxy, ciliumEtcd }).apply((cas) => {
      const ends = nearEnds(cas, new Date());
      if (ends.length > 0) pulumi.log.warn(`CAs of the cluster end soon, and all that they signed with them: ${ends.join(", ")}`, this);
    });
    // A CA that is refused fails what needs it, and is reported there.
    pulumi.recover(warned, () => undefined);
  }

  /** Makes the administrator's kubeconfig for an API at `host:port`, which is reached through a proxy if one is given. */
  adminKubeconfig(endpoint: pulumi.Input<string>, proxy?: pulumi.Input<string>): pulumi.Output<string> {
    const cluster = this.#clusterName;
    const user = "kubernetes-admin";
    return pulumi
      .all([endpoint, this.cluster, pulumi.all(this.#trustedCas), this.#administrator, proxy])
      .apply(([server, { certificate }, others, client, url]) =>
        kubeconfig({ cluster, server: `https://${server}`, ca: bundle(certificate, others), user, client, ...defined({ proxy: url }) }),
      );
  }
}

function validate(name: string, args: ClusterPkiArgs): void {
  const problems = new Problems();
  for (const property of CAS) checkGivenCa(property, args[property], problems);
  checkCaValidity(args.caValidity, problems);
  checkRotation(args.rotation ?? {}, problems.at("rotation"));
  for (const [property, keyring] of ROTATED_CAS)
    if (typeof args[property] === "object" && args.rotation?.[keyring] !== undefined)
      problems.add(
        `rotation.${keyring}`,
        `makes CAs, and ${property} gives one; leave ${property} out: the given CA is recorded, and stays the first generation`,
      );
  if (args.rotation?.ciliumEtcdCa !== undefined && !args.ciliumEtcd)
    problems.add("rotation.ciliumEtcdCa", "is for the CA of Cilium's own etcd, and ciliumEtcd is not set; leave it out, or set ciliumEtcd");
  problems.throwIfAny(`CAs "${name}"`);
}
