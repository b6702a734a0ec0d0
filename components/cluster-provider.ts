import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { after } from "./engine/gate.ts";

export interface ClusterProviderArgs {
  /** kubeconfig of an administrator, a secret. */
  kubeconfig: pulumi.Input<string>;
  /** Known when the API answers: `ready` of ControlPlane. */
  ready: pulumi.Output<unknown>;
  /** Resource that lives as long as the cluster: `lifetime` of ClusterPki. Another one means another cluster, and all objects are made anew. */
  lifetime: pulumi.CustomResource;
}

/**
 * Provider for Kubernetes objects in a cluster that the same program makes. Pulumi's plugin decides once, when the kubeconfig is known,
 * whether the cluster can be reached. So the kubeconfig of this provider is known only when the API answers.
 */
export class ClusterProvider extends kubernetes.Provider {
  constructor(name: string, { kubeconfig, ready, lifetime }: ClusterProviderArgs, opts?: pulumi.ResourceOptions) {
    super(
      name,
      {
        kubeconfig: after(kubeconfig, ready),
        // Else a preview in which the kubeconfig is not known, as when a control plane is replaced, replaces every object.
        clusterIdentifier: lifetime.id,
      },
      opts,
    );
  }
}
