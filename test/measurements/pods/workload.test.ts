import { expect, it } from "vitest";
import { planDeployments } from "./workload.ts";

it("distributes pods over Deployments, and Deployments over namespaces", () => {
  expect(planDeployments(7, 3, 2)).toEqual([
    { namespace: "load-0", name: "deployment-0", replicas: 3 },
    { namespace: "load-1", name: "deployment-1", replicas: 2 },
    { namespace: "load-0", name: "deployment-2", replicas: 2 },
  ]);
});

it("makes 100 Deployments of 500 pods in 20 namespaces for 50,000 pods", () => {
  const plan = planDeployments(50_000);
  expect(plan.length).toBe(100);
  expect(new Set(plan.map(({ namespace }) => namespace)).size).toBe(20);
  expect(new Set(plan.map(({ replicas }) => replicas))).toEqual(new Set([500]));
});

it("makes no Deployment without pods", () => {
  expect(planDeployments(2, 3, 2).map(({ replicas }) => replicas)).toEqual([1, 1]);
});
