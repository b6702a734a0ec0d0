import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { ciliumValues, ETCD_SECRET, etcdSecretData } from "../lib/cni/cilium-values.ts";
import { DEFAULT_CILIUM_VERSION } from "../lib/cni/cilium-version.ts";
import { mergeValues } from "../lib/cni/helm-chart.ts";
import { checkCilium } from "../lib/cni/rules.ts";
import type { CiliumSettings } from "../lib/cni/settings.ts";
import { defined } from "../lib/defined.ts";
import { Problems } from "../lib/problems.ts";
import { metadataPolicy } from "./cilium-network/metadata-policy.ts";
import type { EtcdClient } from "./etcd-cluster.ts";
import { helmRelease } from "./kubernetes/helm-release.ts";
import { withUpsert } from "./kubernetes/own-objects.ts";

export interface CiliumNetworkArgs extends Omit<CiliumSettings, "type"> {
  /** Name of the cluster. */
  clusterName: string;
  /** `host:port` at which nodes reach the API. */
  endpoint: pulumi.Input<string>;
  /** Number of nodes of the cluster. @default 1 */
  nodes?: number;
  /**
   * Etcd for identities and endpoints, for clusters beyond those of Cilium's scalability report (1,000 nodes, 50,000 pods). It must not be
   * the API server's etcd, because every agent can read and write all of it. It cannot be changed later. @default custom resources
   */
  kvstore?: EtcdClient;
}

const DEFAULT_REPOSITORY = "https://helm.cilium.io";

/** Cilium as the network plugin of a cluster, also in place of kube-proxy. Its options need a Kubernetes provider. */
export class CiliumNetwork extends pulumi.ComponentResource {
  /** Helm release. Its status is known when Cilium runs on every node. */
  readonly release: kubernetes.helm.v3.Release;

  constructor(name: string, args: CiliumNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    validate(name, args);
    super("caravan:index:CiliumNetwork", name, {}, opts);
    const { chart = "cilium", version = DEFAULT_CILIUM_VERSION, repository = DEFAULT_REPOSITORY, kvstore } = args;
    const child = { parent: this, ...defined({ deletedWith: opts?.deletedWith }) };
    const secret = kvstore ? [etcdSecret(`${name}-etcd`, kvstore, withUpsert(name, this, child))] : [];

    const release = { release: "cilium", namespace: "kube-system", chart, version, repository, values: valuesOf(args) };
    this.release = helmRelease(name, release, this, { ...child, dependsOn: secret });
    // Cilium's operator creates the custom resource definition of this object.
    if (!args.metadataAccess) metadataPolicy(`${name}-metadata`, this, { ...child, dependsOn: this.release });
    this.registerOutputs({});
  }
}

function validate(name: string, args: CiliumNetworkArgs): void {
  const problems = new Problems();
  checkCilium(args, args.kvstore !== undefined, problems);
  problems.throwIfAny(`Cilium network "${name}"`);
}

/** Returns the values of the chart. They are known once Cilium's etcd answers, because the agents do not start without it. */
function valuesOf({ clusterName, endpoint, nodes = 1, kvstore, values = {} }: CiliumNetworkArgs): pulumi.Output<Record<string, unknown>> {
  const ca = kvstore && pulumi.unsecret(pulumi.output(kvstore.ca));
  return pulumi.all([endpoint, kvstore?.endpoints, ca, kvstore?.ready]).apply(([address, endpoints, certificates]) => {
    const { hostname, port } = new URL(`https://${address}`);
    const etcdAuthority = certificates === undefined ? undefined : { ca: certificates, caGeneration: kvstore?.caGeneration ?? 1 };
    const etcd = defined({ etcdEndpoints: endpoints, etcdAuthority });
    return mergeValues(ciliumValues({ clusterName, nodes, apiHost: hostname, apiPort: Number(port), ...etcd }), values);
  });
}

function etcdSecret(name: string, { ca, client }: EtcdClient, opts: pulumi.CustomResourceOptions): kubernetes.core.v1.Secret {
  const data = pulumi.secret(pulumi.all([ca, client])).apply(([certificate, pair]) => etcdSecretData(certificate, pair));
  return new kubernetes.core.v1.Secret(name, { metadata: { ...ETCD_SECRET }, data }, opts);
}
