import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

export interface ClusterProviderArgs {
  /** kubeconfig of an administrator, a secret. */
  kubeconfig: pulumi.Input<string>;
  /** What is made only when the API answers: the last control plane's start. */
  ready: pulumi.CustomResource;
  /** Exists as long as the cluster does: another one stands for another cluster, where all objects are made anew. */
  lifetime: pulumi.CustomResource;
}

/**
 * The provider of Kubernetes objects in a cluster that is made by the same program. A provider finds out once, when its kubeconfig is
 * known, whether the cluster can be reached, and refuses all else in the same run; so this one's is known only when the API answers.
 */
export class ClusterProvider extends kubernetes.Provider {
  constructor(name: string, { kubeconfig, ready, lifetime }: ClusterProviderArgs, opts?: pulumi.ResourceOptions) {
    super(
      name,
      {
        kubeconfig: pulumi.all([kubeconfig, ready.id]).apply(([known]) => known),
        // Else a preview in which the kubeconfig is not known, as when a control plane is replaced, replaces every object.
        clusterIdentifier: lifetime.id,
      },
      opts,
    );
  }
}
