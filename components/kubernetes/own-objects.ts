import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/** Kubernetes provider with its kubeconfig. Every provider has its inputs as outputs, too, but the SDK's types leave them out. */
export type GivenProvider = pulumi.ProviderResource & { kubeconfig?: pulumi.Output<string> };

/** Returns the Kubernetes provider that a component was given. */
export function givenProvider(component: pulumi.ComponentResource): GivenProvider | undefined {
  return component.getProvider("kubernetes:core/v1:Namespace");
}

/**
 * Returns options of objects that a component makes for itself under fixed names. An object that an interrupted run left behind is updated
 * by them (upsert), while the component's own provider, which is the user's, refuses existing objects.
 */
export function withUpsert(
  name: string,
  component: pulumi.ComponentResource,
  opts: pulumi.CustomResourceOptions,
): pulumi.CustomResourceOptions {
  const given = givenProvider(component);
  if (!given?.kubeconfig) return opts;
  const args = { kubeconfig: given.kubeconfig, clusterIdentifier: given.id, upsertExistingObjects: true };
  return { ...opts, provider: new kubernetes.Provider(`${name}-objects`, args, { parent: component }) };
}
