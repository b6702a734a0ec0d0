import { toYaml } from "../yaml.ts";
import type { SchedulerSettings } from "./settings.ts";

/** Kind of the scheduler's configuration. */
export const SCHEDULER_KIND = { apiVersion: "kubescheduler.config.k8s.io/v1", kind: "KubeSchedulerConfiguration" };

/**
 * Writes the KubeSchedulerConfiguration of every control plane. With this file, the scheduler reads its client and leader election from it.
 */
export function schedulerConfiguration({ configuration = {} }: SchedulerSettings = {}): string {
  return toYaml({
    ...SCHEDULER_KIND,
    leaderElection: { leaderElect: true },
    // Beside this file, the scheduler ignores it as an argument.
    enableProfiling: false,
    ...configuration,
    clientConnection: { kubeconfig: "/etc/kubernetes/scheduler.conf", ...(configuration.clientConnection as object | undefined) },
  });
}
