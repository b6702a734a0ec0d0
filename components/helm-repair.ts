import * as pulumi from "@pulumi/pulumi";
import { type RefusedStep, recordsInTheWay, refusedStep, releaseRecords, removeRecord } from "../lib/helm-records.ts";
import { clusterAccess } from "../lib/kubernetes/access.ts";
import { Kubernetes } from "../lib/kubernetes/client.ts";
import { monitorWithHooks } from "./engine-hooks.ts";
import { givenProvider } from "./own-objects.ts";
import { settled } from "./settled.ts";

const TYPE = "kubernetes:helm.sh/v3:Release";

/** How often one operation is repaired: what somebody else does at the same time must not be undone for ever. */
const MOST_REPAIRS = 2;

/** Releases that are repaired, with the kubeconfig of their cluster. */
interface Repairs {
  hook: pulumi.ErrorHook;
  releases: { urn: pulumi.Output<string>; kubeconfig: pulumi.Output<string> }[];
}

/** A program has one connection to the engine; one that runs several stacks has one for each. */
const repairsByMonitor = new WeakMap<object, Repairs>();

/**
 * Options of a component's Helm release, with which an installation or upgrade that was interrupted is done again: Helm refuses every
 * later one for its sake. They need the kubeconfig of the component's provider.
 */
export function withHelmRepair(
  name: string,
  component: pulumi.ComponentResource,
  opts: pulumi.CustomResourceOptions,
): pulumi.CustomResourceOptions {
  const monitor = monitorWithHooks();
  const { kubeconfig } = givenProvider(component) ?? {};
  if (!monitor || !kubeconfig) return opts;
  const repairs = repairsByMonitor.get(monitor) ?? { hook: new pulumi.ErrorHook("caravan-helm-repair", repair), releases: [] };
  repairsByMonitor.set(monitor, repairs);
  repairs.releases.push({ urn: pulumi.createUrn(name, TYPE, component.urn), kubeconfig });
  return { ...opts, hooks: { onError: [repairs.hook] } };

  function repair(args: pulumi.ErrorHookArgs): Promise<boolean> {
    return isRepaired(args, repairs.releases);
  }
}

/** Removes Helm's records that keep it from what it was asked for; the engine tries again when there were any. */
async function isRepaired({ urn, name, errors, newInputs }: pulumi.ErrorHookArgs, releases: Repairs["releases"]): Promise<boolean> {
  const step = refusedStep(errors[0] ?? "");
  if (!step || errors.length > MOST_REPAIRS) return false;
  try {
    const kubeconfig = await kubeconfigOf(urn, releases);
    if (!kubeconfig) return false;
    const release = (await settled(newInputs)) as { name: string; namespace: string };
    return await clearTheWay(name, step, new Kubernetes(clusterAccess(kubeconfig)), release);
  } catch (error) {
    pulumi.log.warn(`${name}: the Helm release cannot be repaired: ${error instanceof Error ? error.message : error}`);
    return false;
  }
}

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

async function kubeconfigOf(urn: string, releases: Repairs["releases"]): Promise<string | undefined> {
  for (const release of releases)
    if ((await settled(release.urn)) === urn) return (await settled(release.kubeconfig)) as string | undefined;
  return undefined;
}
