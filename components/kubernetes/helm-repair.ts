import * as pulumi from "@pulumi/pulumi";
import type { Kubernetes } from "../../clients/kubernetes/client.ts";
import { type RefusedStep, recordsInTheWay, refusedStep, releaseRecords, removeRecord } from "../../clients/kubernetes/helm-records.ts";
import { type Failure, withRepair } from "./repairs.ts";

/**
 * Options of a component's Helm release, with which an installation or upgrade that was interrupted is done again: Helm refuses every
 * later one for its sake.
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
  return step && ((kubernetes: Kubernetes) => clearTheWay(name, step, kubernetes, inputs as { namespace: string; name: string }));
}

/** Removes Helm's records that keep it from what it was asked for; it is asked again when there were any. */
async function clearTheWay(
  resource: string,
  step: RefusedStep,
  kubernetes: Kubernetes,
  { namespace, name }: { namespace: string; name: string },
): Promise<boolean> {
  const records = recordsInTheWay(step, await releaseRecords(kubernetes, namespace, name));
  for (const record of records) {
    await removeRecord(kubernetes, namespace, record);
    pulumi.log.info(
      `${resource}: revision ${record.revision} of Helm release ${name} (${record.status}) was left by a run that did not end; the ${step} is done again`,
    );
  }
  return records.length > 0;
}
