import { setTimeout } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import { OpenStack } from "../../clients/openstack/client.ts";
import { cloudSettings } from "../../clients/openstack/cloud-settings.ts";
import type { PluginSettings } from "../../clients/openstack/plugin-settings.ts";
import { hasAnswered } from "../../clients/openstack/requests.ts";
import { portInUseAdvice } from "../../lib/pool/worker-port.ts";
import { reasonOf } from "../../lib/reason.ts";
import { mostTries, retryDelay, retryMessage, type TransientFailure, transientFailure } from "../../lib/retry.ts";
import { leftoverOf, removeLeftover } from "../../operations/orphans/failed-try.ts";
import { programCloud } from "../../operations/run/program-cloud.ts";
import { ownStateReader } from "../../operations/state/own-state.ts";
import type { StackState } from "../../operations/state/stack-state.ts";
import { monitorWithHooks } from "../engine/engine-hooks.ts";

/** Releases whose engine continues with the object of a failed creation. Earlier ones create another object. */
const CONTINUING_ENGINES = ">=3.264.0";

/** Cloud and state of a program. They are determined while the program runs, because the engine calls hooks later. */
interface ProgramPlaces {
  cloud: PluginSettings;
  readState: () => Promise<StackState>;
}

interface Hooks {
  /** Hook of resources in a cloud whose settings the library knows. */
  ownCloud: pulumi.ErrorHook;
  /** Hook of resources with a provider of the program's own: only the program knows its cloud. */
  otherCloud: pulumi.ErrorHook;
}

/** Hooks by connection to the engine. A program has one connection for each stack that it runs. */
const hooksByMonitor = new WeakMap<object, Hooks>();

/**
 * Returns options of a component with which operations on its OpenStack resources are retried after transient failures. The orphan of a
 * failed creation is removed before the retry. A creation whose orphan cannot be told from other users' objects is not retried.
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

/** Returns the hooks, registered once; `undefined` with an engine without hooks. */
function registeredHooks(): Hooks | undefined {
  const monitor = monitorWithHooks();
  if (!monitor) return undefined;
  const known = hooksByMonitor.get(monitor);
  if (known) return known;
  const own: ProgramPlaces = { cloud: programCloud(), readState: ownStateReader() };
  const hooks = {
    ownCloud: new pulumi.ErrorHook("caravan-retry", (args) => prepareRetry(args, own)),
    otherCloud: new pulumi.ErrorHook("caravan-retry-other-cloud", (args) => prepareRetry(args, undefined)),
  };
  hooksByMonitor.set(monitor, hooks);
  return hooks;
}

/** Decides whether to retry an operation. If so, it waits, and removes the orphan of a failed creation. */
async function prepareRetry(args: pulumi.ErrorHookArgs, own: ProgramPlaces | undefined): Promise<boolean> {
  const { name, urn, errors, failedOperation } = args;
  const advice = portInUseAdvice(urn, errors[0] ?? "");
  if (advice !== undefined) pulumi.log.warn(`${failedOperation} of ${name}: ${advice}`);
  const failure = transientFailure(errors[0] ?? "");
  if (!failure) return false;
  const tries = mostTries(failure, hasAnswered());
  if (errors.length >= tries) return false;
  const pause = retryDelay(errors.length);
  await setTimeout(pause * 1000);
  const exists = failedOperation === "create" && failure.exists;
  const continues = exists && (await engineContinues());
  const obstacle = failedOperation === "create" && !continues ? await obstacleToRetry(args, failure, own) : undefined;
  const attempt = `${failedOperation} of ${name}: ${failure.reason}`;
  if (obstacle) pulumi.log.warn(`${attempt}; not retried: ${obstacle}`);
  else pulumi.log.info(retryMessage(attempt, errors.length, tries, pause));
  if (exists && !continues && !obstacle)
    pulumi.log.info(`Pulumi remembers this error of ${name}; without \`pulumi refresh\`, the next up recreates it if it is a worker`);
  return obstacle === undefined;
}

/** Removes the orphan of a failed creation. Returns the reason why the creation cannot be retried, or `undefined`. */
async function obstacleToRetry(
  args: pulumi.ErrorHookArgs,
  failure: TransientFailure,
  own: ProgramPlaces | undefined,
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
    return `what it may have left behind is not removed (${reasonOf(error)})`;
  }
}

/** Returns whether the engine continues with the object of a failed creation. */
async function engineContinues(): Promise<boolean> {
  return pulumi.runtime.requirePulumiVersion(CONTINUING_ENGINES).then(
    () => true,
    () => false,
  );
}
