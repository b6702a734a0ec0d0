import { setTimeout } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import { OpenStack } from "../../clients/openstack/client.ts";
import { type CloudChoice, cloudSettings } from "../../clients/openstack/cloud-settings.ts";
import { MOST_TRIES, retryDelay, type TransientFailure, transientFailure } from "../../lib/retry.ts";
import { leftoverOf, removeLeftover } from "../../operations/orphans/failed-try.ts";
import { programCloud } from "../../operations/run/program-cloud.ts";
import { ownStateReader } from "../../operations/state/own-state.ts";
import type { StackState } from "../../operations/state/stack-state.ts";
import { monitorWithHooks } from "../engine/engine-hooks.ts";

/** Since this release the engine goes on with an object that a failed creation made; before, it makes another. */
const ENGINE_THAT_GOES_ON = ">=3.264.0";

/** Where a program's objects and their state are; found out while it runs, because hooks are called by the engine. */
interface Surroundings {
  cloud: CloudChoice;
  readState: () => Promise<StackState>;
}

interface Hooks {
  /** For resources in the cloud that the library can look into. */
  ownCloud: pulumi.ErrorHook;
  /** For resources of a provider of the program's own: only the program knows its cloud. */
  otherCloud: pulumi.ErrorHook;
}

/** A program has one connection to the engine; one that runs several stacks has one for each. */
const hooksByMonitor = new WeakMap<object, Hooks>();

/**
 * Options of a component, with which operations on its OpenStack resources are tried again when the cloud is busy or cannot be
 * reached. What a failed creation left behind is removed before; where it cannot be told from what is others', there is no second try.
 */
export function withRetries(opts: pulumi.ComponentResourceOptions = {}): pulumi.ComponentResourceOptions {
  return { ...opts, transformations: [...(opts.transformations ?? []), retryingTransformation] };
}

function retryingTransformation({ type, props, opts }: pulumi.ResourceTransformationArgs) {
  if (!type.startsWith("openstack:")) return undefined;
  const hooks = registeredHooks();
  if (!hooks) return undefined;
  const { provider, parent } = opts as pulumi.CustomResourceOptions;
  const hook = (provider ?? parent?.getProvider(type)) ? hooks.otherCloud : hooks.ownCloud;
  return { props, opts: pulumi.mergeOptions(opts, { hooks: { onError: [hook] } }) };
}

/** The hooks, registered once; none where nobody knows them. */
function registeredHooks(): Hooks | undefined {
  const monitor = monitorWithHooks();
  if (!monitor) return undefined;
  const known = hooksByMonitor.get(monitor);
  if (known) return known;
  const own: Surroundings = { cloud: programCloud(), readState: ownStateReader() };
  const hooks = {
    ownCloud: new pulumi.ErrorHook("caravan-retry", (args) => mayTryAgain(args, own)),
    otherCloud: new pulumi.ErrorHook("caravan-retry-other-cloud", (args) => mayTryAgain(args, undefined)),
  };
  hooksByMonitor.set(monitor, hooks);
  return hooks;
}

/** Decides on another try, prepares it, and waits until it is time. */
async function mayTryAgain(args: pulumi.ErrorHookArgs, own: Surroundings | undefined): Promise<boolean> {
  const { name, errors, failedOperation } = args;
  const failure = transientFailure(errors[0] ?? "");
  if (!failure || errors.length >= MOST_TRIES) return false;
  const pause = retryDelay(errors.length);
  await setTimeout(pause * 1000);
  const isMade = failedOperation === "create" && failure.exists;
  const goesOn = isMade && (await engineGoesOn());
  const obstacle = failedOperation === "create" && !goesOn ? await obstacleToCreation(args, failure, own) : undefined;
  const attempt = `${failedOperation} of ${name}: ${failure.reason}`;
  if (obstacle) pulumi.log.warn(`${attempt}; not tried again: ${obstacle}`);
  else pulumi.log.info(`${attempt}; try ${errors.length + 1} of ${MOST_TRIES} after ${pause.toFixed(1)} s`);
  if (isMade && !goesOn && !obstacle)
    pulumi.log.info(`Pulumi remembers this error of ${name}; without \`pulumi refresh\`, the next up makes a worker anew for it`);
  return obstacle === undefined;
}

/** Why a creation cannot be tried again, if it cannot; what it left behind is gone afterwards. */
async function obstacleToCreation(
  args: pulumi.ErrorHookArgs,
  failure: TransientFailure,
  own: Surroundings | undefined,
): Promise<string | undefined> {
  const { urn, type, newInputs = {} } = args;
  const leftover = leftoverOf(type, newInputs);
  if (leftover === "none possible" || !(failure.exists || failure.mayExist)) return undefined;
  if (leftover === "not findable") return "it may have left something behind that only the next run can tell from what is others'";
  if (!own) return "it may have left something behind, and its provider's cloud is not known here";
  try {
    const openStack = await OpenStack.connect(cloudSettings(own.cloud));
    const removed = await removeLeftover(openStack, { urn, type, inputs: newInputs }, own.readState);
    for (const { kind, id } of removed) pulumi.log.info(`${args.name}: removed the ${kind} ${id}, which the failed creation left behind`);
    return undefined;
  } catch (error) {
    return `what it may have left behind is not removed (${error instanceof Error ? error.message : error})`;
  }
}

/** Whether the engine continues with what a failed creation made. */
async function engineGoesOn(): Promise<boolean> {
  return pulumi.runtime.requirePulumiVersion(ENGINE_THAT_GOES_ON).then(
    () => true,
    () => false,
  );
}
