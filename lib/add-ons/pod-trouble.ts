import type { Condition } from "../health/kubernetes-objects.ts";

interface ContainerStatus {
  name: string;
  ready?: boolean;
  state?: { waiting?: { reason?: string; message?: string }; terminated?: Terminated };
  lastState?: { terminated?: Terminated };
}

interface Terminated {
  reason?: string;
  exitCode?: number;
  message?: string;
}

/** Pod of an add-on as the API returns it, with only what tells why it does not run. */
export interface AddOnPod {
  metadata: { name: string; namespace: string };
  spec?: { nodeName?: string };
  status?: {
    phase?: string;
    conditions?: readonly Condition[];
    initContainerStatuses?: readonly ContainerStatus[];
    containerStatuses?: readonly ContainerStatus[];
  };
}

/** Returns why a pod does not run, without the lines of its log; `undefined` when it runs. */
export function troubleOf({ metadata, spec, status = {} }: AddOnPod): string | undefined {
  const { conditions = [], initContainerStatuses = [], containerStatuses = [] } = status;
  if (conditions.some(({ type, status: value }) => type === "Ready" && value === "True")) return undefined;
  const pod = `pod ${metadata.namespace}/${metadata.name}`;
  if (spec?.nodeName === undefined) return `${pod} has no node: ${unscheduled(conditions)}`;
  const reasons = [...initContainerStatuses, ...containerStatuses].flatMap((container) => reasonOf(container) ?? []);
  return `${pod} on ${spec.nodeName} is not ready: ${reasons.join(", ") || `it is ${status.phase ?? "Pending"}`}`;
}

/** Returns the container of a pod whose log says why the pod does not run, and whether its last run has to say it; `undefined` when none has run. */
export function speakerOf({ status = {} }: AddOnPod): { container: string; previous: boolean } | undefined {
  const all = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  const speaker = all.find(
    ({ ready, state, lastState }) => !ready && (state?.waiting === undefined || lastState?.terminated !== undefined),
  );
  return speaker && { container: speaker.name, previous: speaker.state?.waiting !== undefined };
}

function unscheduled(conditions: readonly Condition[]): string {
  return conditions.find(({ type }) => type === "PodScheduled")?.message ?? "the scheduler has not seen it yet";
}

function reasonOf({ name, ready, state = {}, lastState }: ContainerStatus): string | undefined {
  if (ready) return undefined;
  const ended = state.terminated ?? lastState?.terminated;
  const words = [
    state.waiting && withMessage(state.waiting.reason, state.waiting.message),
    ended && ended.exitCode !== 0 && withMessage(`${ended.reason ?? "Error"}, exit code ${ended.exitCode}`, ended.message),
  ].filter((word) => typeof word === "string");
  return `container ${name}: ${words.join("; ") || "it runs, and is not ready"}`;
}

function withMessage(reason = "waiting", message = ""): string {
  return message === "" ? reason : `${reason} (${message.trim()})`;
}
