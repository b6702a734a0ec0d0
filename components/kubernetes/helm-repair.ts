import * as pulumi from "@pulumi/pulumi";
import type { Kubernetes } from "../../clients/kubernetes/client.ts";
import { type RefusedStep, recordsInTheWay, refusedStep, releaseRecords, removeRecord } from "../../clients/kubernetes/helm-records.ts";
import { type Failure, withRepair } from "./repairs.ts";

/**
 * Returns options of a component's Helm release with which an interrupted installation or upgrade is retried. Without them, its record
 * makes Helm refuse every later one.
 */
export function withHelmRepair(
  name: string,
  component: pulumi.ComponentResource,
  opts: pulumi.CustomResourceOptions,
): pulumi.CustomResourceOptions {
  return withRepair({ name, type: "kubernetes:helm.sh/v3:Release", repair }, component, opts);
}

function repair({ name, error, inputs }: Failure) {
  const step = refusedStep(error);
  return step && ((kubernetes: Kubernetes) => removeObstacles(name, step, kubernetes, inputs as { namespace: string; name: string }));
}

/** Removes the records of interrupted runs that make Helm refuse a step. Returns whether it removed any, so that the step is retried. */
async function removeObstacles(
  resource: string,
  step: RefusedStep,
  kubernetes: Kubernetes,
  { namespace, name }: { namespace: string; name: string },
): Promise<boolean> {
  const records = recordsInTheWay(step, await releaseRecords(kubernetes, namespace, name));
  for (const record of records) {
    await removeRecord(kubernetes, namespace, record);
    pulumi.log.info(
      `${resource}: revision ${record.revision} of Helm release ${name} (${record.status}) was left by an interrupted run; the ${step} is retried`,
    );
  }
  return records.length > 0;
}
