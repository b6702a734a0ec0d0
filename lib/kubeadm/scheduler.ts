import { toYaml } from "../yaml.ts";
import type { SchedulerSettings } from "./settings.ts";

/** The KubeSchedulerConfiguration of every control plane. With such a file the scheduler takes its client and leader election from there. */
export function schedulerConfiguration({ configuration = {} }: SchedulerSettings = {}): string {
  return toYaml({
    apiVersion: "kubescheduler.config.k8s.io/v1",
    kind: "KubeSchedulerConfiguration",
    leaderElection: { leaderElect: true },
    // As an argument it would be ignored beside this file.
    enableProfiling: false,
    ...configuration,
    clientConnection: { kubeconfig: "/etc/kubernetes/scheduler.conf", ...(configuration.clientConnection as object | undefined) },
  });
}
