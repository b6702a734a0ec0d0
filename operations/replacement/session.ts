import { type ClusterAccess, clusterAccess } from "../../clients/kubernetes/access.ts";
import { Kubernetes } from "../../clients/kubernetes/client.ts";
import { type CloudChoice, cloudChoice } from "../../clients/openstack/plugin-settings.ts";
import type { Observations } from "../../lib/health/observations.ts";
import { reasonOf } from "../../lib/reason.ts";
import { automationEngine, type RunnableStack } from "../engine/automation-engine.ts";
import { commandEngine } from "../engine/command-engine.ts";
import type { StackEngine } from "../engine/stack-engine.ts";
import { type ClusterPart, clusterPart } from "../health/cluster-part.ts";
import { observeStack } from "../health/observe-stack.ts";
import { openPrivateApi } from "../health/private-api.ts";
import { type NamedStack, type ReadableStack, readStack } from "../health/target.ts";
import { HealingLease, LeaseHeld } from "./healing-lease.ts";

/** Stack whose machines are replaced: one of the Automation API, or one by its name. */
export type ChangeableStack = (ReadableStack & RunnableStack) | NamedStack;

export interface SessionOptions extends CloudChoice {
  /** Name of the cluster, in a stack with several. @default the only one of the stack */
  cluster?: string;
  /** Called with messages for users, like requests to OpenStack that are retried. @default nobody */
  onMessage?: (message: string) => void;
}

/** Access to a stack's cluster and to Pulumi, with which its machines are judged and replaced. */
export interface Session {
  part: ClusterPart;
  engine: StackEngine;
  /** Kubernetes API of the cluster. @default the stack's state has no kubeconfig */
  kubernetes?: Kubernetes;
  /** Reads how the cluster is at a time. */
  observe(time: string): Promise<Observations>;
}

/** Seconds for a request about the lease and the ledger. */
const REQUEST_SECONDS = 15;

/** Reads the state of a stack, and opens the way to its cluster's API. */
export async function openSession(target: ChangeableStack, options: SessionOptions): Promise<Session> {
  const { state, cloud } = await readStack(target);
  const part = clusterPart(state, options.cluster);
  const access = await apiAccess(part);
  const settings = { ...cloud, ...cloudChoice(options.cloud, options.region) };
  const { onMessage } = options;
  return {
    part,
    engine: "stack" in target ? commandEngine(target.stack, target.workDir) : automationEngine(target),
    ...(access ? { kubernetes: new Kubernetes(access, REQUEST_SECONDS) } : {}),
    observe: (time) => observeStack(part, settings, time, onMessage ? { onMessage } : {}),
  };
}

async function apiAccess({ kubeconfig, resources }: ClusterPart): Promise<ClusterAccess | undefined> {
  if (kubeconfig === undefined) return undefined;
  const access = clusterAccess(kubeconfig);
  await openPrivateApi(access, resources);
  return access;
}

/**
 * Takes the lease of those who replace machines. Without an API there is none, and the reason is returned in its place.
 * @throws LeaseHeld when another process has it
 */
export async function takeLease({ kubernetes }: Session): Promise<HealingLease | string> {
  if (!kubernetes) return "the stack's state has no kubeconfig";
  try {
    return await HealingLease.take(kubernetes);
  } catch (error) {
    if (error instanceof LeaseHeld) throw error;
    return reasonOf(error);
  }
}
