import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { FLANNEL_NAMESPACE, flannelValues } from "../lib/cni/flannel-values.ts";
import { mergeValues } from "../lib/cni/helm-chart.ts";
import { checkFlannel } from "../lib/cni/rules.ts";
import type { FlannelSettings } from "../lib/cni/settings.ts";
import { defined } from "../lib/defined.ts";
import { Problems } from "../lib/problems.ts";
import { helmRelease } from "./kubernetes/helm-release.ts";
import { withUpsert } from "./kubernetes/own-objects.ts";

export interface FlannelNetworkArgs extends Omit<FlannelSettings, "type"> {
  /** Network of the pods. */
  podCidr: string;
}

const DEFAULT_VERSION = "v0.28.10";
const DEFAULT_REPOSITORY = "https://flannel-io.github.io/flannel";

/**
 * Flannel as the network plugin of a cluster, the simple choice: VXLAN between the nodes, while kube-proxy serves Services. It enforces no
 * NetworkPolicy, so every pod reaches every other pod. The MTU of pods is that of the nodes' network minus 50: with 1450 in a tenant
 * network, it is 1400. Its options need a Kubernetes provider, and the control plane needs kube-proxy.
 */
export class FlannelNetwork extends pulumi.ComponentResource {
  /** Helm release. Its status is known when flannel runs on every node. */
  readonly release: kubernetes.helm.v3.Release;

  constructor(name: string, args: FlannelNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    validate(name, args);
    super("caravan:index:FlannelNetwork", name, {}, opts);
    const { chart = "flannel", version = DEFAULT_VERSION, repository = DEFAULT_REPOSITORY, values = {} } = args;
    const child = { parent: this, ...defined({ deletedWith: opts?.deletedWith }) };

    const namespace = new kubernetes.core.v1.Namespace(
      `${name}-namespace`,
      { metadata: { ...FLANNEL_NAMESPACE } },
      withUpsert(name, this, child),
    );
    const merged = mergeValues(flannelValues(args), values);
    const release = { release: "flannel", namespace: namespace.metadata.name, chart, version, repository, values: merged };
    this.release = helmRelease(name, release, this, child);
    this.registerOutputs({});
  }
}

function validate(name: string, args: FlannelNetworkArgs): void {
  const problems = new Problems();
  checkFlannel(args, args.podCidr, problems);
  problems.throwIfAny(`Flannel network "${name}"`);
}
