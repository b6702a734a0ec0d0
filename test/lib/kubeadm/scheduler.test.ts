import { expect, it } from "vitest";
import { parse } from "yaml";
import { schedulerConfiguration } from "../../../lib/kubeadm/scheduler.ts";

it("elects a leader, shows nobody its profile and signs in as the scheduler, beside what the user sets", () => {
  const configuration = { percentageOfNodesToScore: 10, clientConnection: { qps: 100, burst: 200 } };
  expect(parse(schedulerConfiguration({ configuration }))).toEqual({
    apiVersion: "kubescheduler.config.k8s.io/v1",
    kind: "KubeSchedulerConfiguration",
    leaderElection: { leaderElect: true },
    enableProfiling: false,
    percentageOfNodesToScore: 10,
    clientConnection: { kubeconfig: "/etc/kubernetes/scheduler.conf", qps: 100, burst: 200 },
  });
});
