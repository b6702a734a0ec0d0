import * as pulumi from "@pulumi/pulumi";
import { createEncryptionKey } from "../lib/kubeadm/encryption.ts";
import {
  AUTHORITY_DAYS,
  CLIENT_DAYS,
  createAuthority,
  createClient,
  createServiceAccountKey,
  type KeyPair,
} from "../lib/pki/certificates.ts";
import { kubeconfig } from "../lib/pki/kubeconfig.ts";
import { remember, stash } from "./remember.ts";

/** Authorities that exist already, for example in a Vault. */
export interface ClusterPkiArgs {
  /** Name of the cluster, used in kubeconfigs. */
  clusterName: string;
  /** Authority of the Kubernetes API and its clients. @default made and kept in the state */
  cluster?: pulumi.Input<KeyPair>;
  /** Authority of etcd. @default made and kept in the state */
  etcd?: pulumi.Input<KeyPair>;
  /** Authority of the API's aggregation layer. @default made and kept in the state */
  frontProxy?: pulumi.Input<KeyPair>;
  /** Authority of an etcd that is Cilium's alone; true: made and kept in the state. @default none */
  ciliumEtcd?: true | pulumi.Input<KeyPair>;
}

/**
 * The identity of a cluster: its authorities and keys, made before any machine and kept in the encrypted state. So nodes
 * are all alike, credentials are known before the first server is, and nothing secret is fetched from a node.
 */
export class ClusterPki extends pulumi.ComponentResource {
  /** Authority of the Kubernetes API and its clients. */
  readonly cluster: pulumi.Output<KeyPair>;
  /** Authority of etcd. */
  readonly etcd: pulumi.Output<KeyPair>;
  /** Authority of the API's aggregation layer. */
  readonly frontProxy: pulumi.Output<KeyPair>;
  /** Authority of Cilium's etcd, if there is one. */
  readonly ciliumEtcd?: pulumi.Output<KeyPair>;
  /** Keys that sign service-account tokens. */
  readonly serviceAccount: pulumi.Output<{ publicKey: string; privateKey: string }>;
  /** Key that encrypts Secrets in etcd: 32 bytes, base64. */
  readonly encryptionKey: pulumi.Output<string>;
  /** Exists as long as the cluster does: what need not be undone when the whole cluster goes is `deletedWith` it. */
  readonly lifetime: pulumi.CustomResource;
  readonly #clusterName: string;
  readonly #administrator: pulumi.Output<KeyPair>;
  readonly #bootstrapper: pulumi.Output<KeyPair>;

  constructor(name: string, args: ClusterPkiArgs, opts?: pulumi.ComponentResourceOptions) {
    super("caravan:index:ClusterPki", name, {}, opts);
    this.#clusterName = args.clusterName;
    const child = { parent: this };

    const authority = stash(`${name}-cluster`, () => args.cluster ?? createAuthority("kubernetes"), child);
    this.lifetime = authority;
    this.cluster = args.cluster ? pulumi.secret(args.cluster) : (authority.output as pulumi.Output<KeyPair>);
    this.etcd = args.etcd ? pulumi.secret(args.etcd) : remember(`${name}-etcd`, () => createAuthority("etcd-ca"), child);
    this.frontProxy = args.frontProxy
      ? pulumi.secret(args.frontProxy)
      : remember(`${name}-front-proxy`, () => createAuthority("front-proxy-ca"), child);
    if (args.ciliumEtcd === true) this.ciliumEtcd = remember(`${name}-cilium-etcd`, () => createAuthority("cilium-etcd-ca"), child);
    else if (args.ciliumEtcd) this.ciliumEtcd = pulumi.secret(args.ciliumEtcd);
    this.serviceAccount = remember(`${name}-service-account`, createServiceAccountKey, child);
    this.encryptionKey = remember(`${name}-encryption`, createEncryptionKey, child);

    // Signed once, like the authority itself, so that a plan without changes has none; made anew together with it.
    const signed = { ...child, replaceWith: [authority] };
    const client = (user: string, group: string, days: number) => () => this.cluster.apply((ca) => createClient(ca, { user, group, days }));
    this.#administrator = remember(`${name}-administrator`, client("kubernetes-admin", "kubeadm:cluster-admins", CLIENT_DAYS), signed);
    this.#bootstrapper = remember(
      `${name}-bootstrapper`,
      client("caravan-bootstrapper", "system:bootstrappers:kubeadm:default-node-token", AUTHORITY_DAYS),
      signed,
    );
    this.registerOutputs({});
  }

  /** kubeconfig of the administrator, for an API at `host:port`. */
  adminKubeconfig(endpoint: pulumi.Input<string>): pulumi.Output<string> {
    return this.#kubeconfig(endpoint, "kubernetes-admin", this.#administrator);
  }

  /** kubeconfig that may do nothing but ask for a node's certificate. */
  bootstrapKubeconfig(endpoint: pulumi.Input<string>): pulumi.Output<string> {
    return this.#kubeconfig(endpoint, "caravan-bootstrapper", this.#bootstrapper);
  }

  #kubeconfig(endpoint: pulumi.Input<string>, user: string, client: pulumi.Output<KeyPair>): pulumi.Output<string> {
    return pulumi
      .all([endpoint, this.cluster, client])
      .apply(([server, { certificate }, pair]) =>
        kubeconfig({ cluster: this.#clusterName, server: `https://${server}`, authority: certificate, user, client: pair }),
      );
  }
}
