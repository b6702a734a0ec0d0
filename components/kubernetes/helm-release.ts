import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { OWN_DESCRIPTION } from "../../clients/kubernetes/helm-records.ts";
import { chartSource } from "../../lib/cni/helm-chart.ts";
import { withHelmRepair } from "./helm-repair.ts";

/** Timeout in seconds until all objects of a chart are ready. */
const TIMEOUT = 600;

/** Helm chart in a cluster. */
export interface HelmReleaseArgs {
  /** Name of the release in the cluster. */
  release: string;
  namespace: pulumi.Input<string>;
  chart: string;
  version: string;
  repository: string;
  values: pulumi.Input<Record<string, unknown>>;
}

/** Installs a chart for a component. Interrupted installations and upgrades are retried. */
export function helmRelease(
  name: string,
  { release, namespace, chart, version, repository, values }: HelmReleaseArgs,
  component: pulumi.ComponentResource,
  opts: pulumi.CustomResourceOptions,
): kubernetes.helm.v3.Release {
  return new kubernetes.helm.v3.Release(
    name,
    { name: release, namespace, ...chartSource(chart, version, repository), timeout: TIMEOUT, description: OWN_DESCRIPTION, values },
    withHelmRepair(name, component, opts),
  );
}
