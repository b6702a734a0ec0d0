import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/** Every provider has its inputs as outputs, too, which the SDK's types leave out. */
export type GivenProvider = pulumi.ProviderResource & { kubeconfig?: pulumi.Output<string> };

/** The Kubernetes provider that a component was given. */
export function givenProvider(component: pulumi.ComponentResource): GivenProvider | undefined {
  return component.getProvider("kubernetes:core/v1:Namespace");
}

/**
 * Options of objects that a component makes for itself, by names that are the same in every run: what a run has made that did not end
 * is taken over, while the component's own provider, which is the user's, refuses what exists.
 */
export function takenOver(
  name: string,
  component: pulumi.ComponentResource,
  opts: pulumi.CustomResourceOptions,
): pulumi.CustomResourceOptions {
  const given = givenProvider(component);
  if (!given?.kubeconfig) return opts;
  const args = { kubeconfig: given.kubeconfig, clusterIdentifier: given.id, upsertExistingObjects: true };
  return { ...opts, provider: new kubernetes.Provider(`${name}-objects`, args, { parent: component }) };
}
