import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { after } from "./engine/gate.ts";

export interface ClusterProviderArgs {
  /** Kubeconfig of an administrator, a secret. */
  kubeconfig: pulumi.Input<string>;
  /** Known when the API answers: `ready` of ControlPlane. */
  ready: pulumi.Output<unknown>;
  /** Resource that exists as long as the cluster: `lifetime` of ClusterPki. When it is replaced, all objects are recreated. */
  lifetime: pulumi.CustomResource;
}

/**
 * Provider for Kubernetes objects in a cluster that the same program creates. Pulumi's plugin decides only once whether the cluster can be
 * reached: as soon as the kubeconfig is known. So the kubeconfig of this provider is known only when the API answers.
 */
export class ClusterProvider extends kubernetes.Provider {
  constructor(name: string, { kubeconfig, ready, lifetime }: ClusterProviderArgs, opts?: pulumi.ResourceOptions) {
    super(
      name,
      {
        kubeconfig: after(kubeconfig, ready),
        // Without it, a preview with an unknown kubeconfig replaces every object. It is unknown when a control plane is replaced.
        clusterIdentifier: lifetime.id,
      },
      opts,
    );
  }
}
