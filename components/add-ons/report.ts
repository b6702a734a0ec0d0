import * as pulumi from "@pulumi/pulumi";
import type { Kubernetes } from "../../clients/kubernetes/client.ts";
import { podReport } from "../../clients/kubernetes/pod-report.ts";
import type { AddOnObject } from "../../lib/add-ons/object.ts";
import { withRepair } from "../kubernetes/repairs.ts";

/** Returns options of an add-on's DaemonSet, Deployment or StatefulSet whose failure names the add-on, and says why its pods do not run. */
export function withReport(
  name: string,
  { addOn, kind }: { addOn: string; kind: string },
  component: pulumi.ComponentResource,
  opts: pulumi.CustomResourceOptions,
): pulumi.CustomResourceOptions {
  const repair =
    ({ inputs }: { inputs: unknown }) =>
    (kubernetes: Kubernetes) =>
      tell(addOn, inputs as AddOnObject, kubernetes);
  return withRepair({ name, type: `kubernetes:apps/v1:${kind}`, repair }, component, opts);
}

/** Tells why an add-on does not run. Nothing is repaired. */
async function tell(addOn: string, workload: AddOnObject, kubernetes: Kubernetes): Promise<false> {
  const lines = await podReport(kubernetes, workload);
  const { kind, metadata } = workload;
  pulumi.log.error(`add-on ${addOn} does not run: ${kind} ${metadata.namespace}/${metadata.name}\n${lines.join("\n")}`);
  return false;
}
