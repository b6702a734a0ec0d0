import * as pulumi from "@pulumi/pulumi";
import { metricsServerObjects } from "../../lib/add-ons/metrics-server.ts";
import { checkMetricsServer } from "../../lib/add-ons/rules.ts";
import type { MetricsServerSettings } from "../../lib/add-ons/settings.ts";
import { DEFAULT_KUBERNETES_VERSION } from "../../lib/node/kubernetes-version.ts";
import { Problems } from "../../lib/problems.ts";
import type { Ready } from "../engine/gate.ts";
import { installAddOn } from "./install.ts";

export interface MetricsServerArgs extends MetricsServerSettings {
  /** Full version of the cluster's Kubernetes, which the default version follows. @default "1.36.3" */
  kubernetesVersion?: string;
  /** Number of nodes, which requests for CPU and memory follow. @default 1 */
  nodes?: number;
}

/**
 * metrics-server: the figures of `kubectl top` and of the HorizontalPodAutoscaler. It verifies kubelets' certificates, so it needs ones that the cluster's CA has
 * signed, as in the clusters of this library. Its options need a Kubernetes provider.
 */
export class MetricsServer extends pulumi.ComponentResource {
  /** Value for `dependsOn` of resources that need the figures: its pods run. */
  readonly ready: Ready;

  constructor(name: string, args: MetricsServerArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    validate(name, args);
    super("caravan:index:MetricsServer", name, {}, opts);
    const { kubernetesVersion = DEFAULT_KUBERNETES_VERSION, nodes = 1, ...settings } = args;
    this.ready = installAddOn(name, "metricsServer", metricsServerObjects({ kubernetesVersion, nodes }, settings), this, opts);
    this.registerOutputs({});
  }
}

function validate(name: string, { kubernetesVersion = DEFAULT_KUBERNETES_VERSION, ...settings }: MetricsServerArgs): void {
  const problems = new Problems();
  checkMetricsServer(settings, kubernetesVersion, problems);
  problems.throwIfAny(`Add-on "${name}"`);
}
