import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Kubernetes } from "../../clients/kubernetes/client.ts";
import { METADATA_POLICY, METADATA_POLICY_PATH } from "../../lib/cni/metadata-access.ts";
import { type Failure, withRepair } from "../kubernetes/repairs.ts";

/** Keeps pods from the cloud's metadata service. A policy that an interrupted run left behind is recreated. */
export function metadataPolicy(name: string, component: pulumi.ComponentResource, opts: pulumi.CustomResourceOptions): void {
  const { apiVersion, kind } = METADATA_POLICY;
  const type = `kubernetes:${apiVersion}:${kind}`;
  // While the kind is still new to Kubernetes, the plugin takes it for a namespaced one, and the next run would replace the policy.
  const options = { ...opts, ignoreChanges: ["metadata.namespace"] };
  new kubernetes.apiextensions.CustomResource(name, METADATA_POLICY, withRepair({ name, type, repair }, component, options));
}

function repair({ name, error }: Failure) {
  if (!error.includes("already exists")) return undefined;
  return async (cluster: Kubernetes) => {
    await cluster.delete(METADATA_POLICY_PATH);
    pulumi.log.info(`${name}: the policy was left by an interrupted run; it is recreated`);
    return true;
  };
}
