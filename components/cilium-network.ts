import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { ciliumValues, mergeValues } from "../lib/cilium-values.ts";

/** What a user may say about Cilium. */
export interface CiliumArgs {
  type: "cilium";
  /** Version of Cilium's Helm chart. @default "1.19.6" */
  version?: string;
  /** Helm repository of the chart. @default Cilium's own */
  repository?: string;
  /** Chart: its name in the repository, an oci:// reference or a local path. @default "cilium" */
  chart?: string;
  /** Further values of the chart, which win over the library's. @default none */
  values?: Record<string, unknown>;
}

export interface CiliumNetworkArgs extends Omit<CiliumArgs, "type"> {
  /** Name of the cluster. */
  clusterName: string;
  /** `host:port` at which nodes reach the API. */
  endpoint: pulumi.Input<string>;
  /** Number of nodes of the cluster. @default 1 */
  nodes?: number;
}

const DEFAULT_VERSION = "1.19.6";
const DEFAULT_REPOSITORY = "https://helm.cilium.io";

/** Cilium as the network of a cluster and in place of kube-proxy. It needs a Kubernetes provider in its options. */
export class CiliumNetwork extends pulumi.ComponentResource {
  /** The Helm release; its status is known when Cilium runs on every node. */
  readonly release: kubernetes.helm.v3.Release;

  constructor(name: string, args: CiliumNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("caravan:index:CiliumNetwork", name, {}, opts);
    const { clusterName, endpoint, nodes = 1, chart = "cilium", version = DEFAULT_VERSION, values = {} } = args;
    const fromRepository = !chart.includes("/");

    this.release = new kubernetes.helm.v3.Release(
      name,
      {
        name: "cilium",
        namespace: "kube-system",
        chart,
        version,
        ...(fromRepository ? { repositoryOpts: { repo: args.repository ?? DEFAULT_REPOSITORY } } : {}),
        timeout: 600,
        values: pulumi.output(endpoint).apply((address) => {
          const { hostname, port } = new URL(`https://${address}`);
          return mergeValues(ciliumValues({ clusterName, nodes, apiHost: hostname, apiPort: Number(port) }), values);
        }),
      },
      { parent: this, ...(opts?.deletedWith ? { deletedWith: opts.deletedWith } : {}) },
    );
    this.registerOutputs({});
  }
}
