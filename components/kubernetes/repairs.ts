import * as pulumi from "@pulumi/pulumi";
import { clusterAccess } from "../../clients/kubernetes/access.ts";
import { Kubernetes } from "../../clients/kubernetes/client.ts";
import { reasonOf } from "../../lib/reason.ts";
import { monitorWithHooks } from "../engine/engine-hooks.ts";
import { settled } from "../engine/settled.ts";
import { givenProvider } from "./own-objects.ts";

/** Largest number of repairs of one operation: changes that somebody else makes at the same time must not be undone forever. */
const MAX_REPAIRS = 2;

/** Failed operation on an object in a cluster. */
export interface Failure {
  /** Name of the resource. */
  name: string;
  /** Last error of the plugin. */
  error: string;
  /** Inputs of the resource. */
  inputs: unknown;
}

/** Returns the function that repairs a failure, or `undefined`. That function returns whether the engine retries the operation. */
export type Repair = (failure: Failure) => ((kubernetes: Kubernetes) => Promise<boolean>) | undefined;

interface Repairable {
  urn: pulumi.Output<string>;
  kubeconfig: pulumi.Output<string>;
  repair: Repair;
}

interface Repairs {
  hook: pulumi.ErrorHook;
  resources: Repairable[];
}

/** Repairs by connection to the engine. A program has one connection for each stack that it runs. */
const repairsByMonitor = new WeakMap<object, Repairs>();

/** Returns options of a component's object in a cluster that repair its failures. They need the kubeconfig of the component's provider. */
export function withRepair(
  { name, type, repair }: { name: string; type: string; repair: Repair },
  component: pulumi.ComponentResource,
  opts: pulumi.CustomResourceOptions,
): pulumi.CustomResourceOptions {
  const monitor = monitorWithHooks();
  const { kubeconfig } = givenProvider(component) ?? {};
  if (!monitor || !kubeconfig) return opts;
  const { hook, resources } = repairsOf(monitor);
  resources.push({ urn: pulumi.createUrn(name, type, component.urn), kubeconfig, repair });
  return { ...opts, hooks: { onError: [hook] } };
}

function repairsOf(monitor: object): Repairs {
  const known = repairsByMonitor.get(monitor);
  if (known) return known;
  const resources: Repairable[] = [];
  const repairs = { hook: new pulumi.ErrorHook("caravan-repair", (args) => isRepaired(args, resources)), resources };
  repairsByMonitor.set(monitor, repairs);
  return repairs;
}

async function isRepaired({ urn, name, errors, newInputs }: pulumi.ErrorHookArgs, resources: readonly Repairable[]): Promise<boolean> {
  const [error = ""] = errors;
  const resource = await resourceOf(urn, resources);
  const repair = resource?.repair({ name, error, inputs: await settled(newInputs) });
  if (!resource || !repair || errors.length > MAX_REPAIRS) return false;
  try {
    const kubeconfig = (await settled(resource.kubeconfig)) as string | undefined;
    return kubeconfig !== undefined && (await repair(new Kubernetes(clusterAccess(kubeconfig))));
  } catch (failure) {
    pulumi.log.warn(`${name} cannot be repaired: ${reasonOf(failure)}`);
    return false;
  }
}

async function resourceOf(urn: string, resources: readonly Repairable[]): Promise<Repairable | undefined> {
  for (const resource of resources) if ((await settled(resource.urn)) === urn) return resource;
  return undefined;
}
