import { toYaml } from "../yaml.ts";

/** Settings of the scheduler. */
export interface SchedulerArgs {
  /** Fields of KubeSchedulerConfiguration (kubescheduler.config.k8s.io/v1), like percentageOfNodesToScore. @default Kubernetes' own */
  configuration?: Record<string, unknown>;
}

/** The KubeSchedulerConfiguration of every control plane. With such a file the scheduler takes its client and leader election from there. */
export function schedulerConfiguration({ configuration = {} }: SchedulerArgs = {}): string {
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
