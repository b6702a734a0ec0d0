import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Kubernetes } from "../../clients/kubernetes/client.ts";
import { METADATA_POLICY, METADATA_POLICY_PATH } from "../../lib/cni/metadata-access.ts";
import { type Failure, withRepair } from "../kubernetes/repairs.ts";

/** Keeps pods from the cloud's metadata service. A policy that a run made which did not end is made again. */
export function metadataPolicy(name: string, component: pulumi.ComponentResource, opts: pulumi.CustomResourceOptions): void {
  const { apiVersion, kind } = METADATA_POLICY;
  const type = `kubernetes:${apiVersion}:${kind}`;
  // While Kubernetes hardly knows the kind, the plugin takes it for one with namespaces, and would replace the policy in the next run.
  const options = { ...opts, ignoreChanges: ["metadata.namespace"] };
  new kubernetes.apiextensions.CustomResource(name, METADATA_POLICY, withRepair({ name, type, repair }, component, options));
}

function repair({ name, error }: Failure) {
  if (!error.includes("already exists")) return undefined;
  return async (cluster: Kubernetes) => {
    await cluster.delete(METADATA_POLICY_PATH);
    pulumi.log.info(`${name}: the policy was left by a run that did not end; it is made again`);
    return true;
  };
}
