import { setTimeout } from "node:timers/promises";
import { stringify } from "yaml";
import type { Kubectl } from "./kubectl.ts";
import { tools } from "./toolchain/tools.ts";

/** Image that answers HTTP and connects to others. It is part of devcloud's node image. */
const IMAGE = `registry.k8s.io/e2e-test-images/agnhost:${tools.agnhost.version}`;

/** Two pods that must be on different nodes, each behind a Service. */
const SIDES = ["left", "right"] as const;

/** Checks that two pods on different nodes reach each other through a Service by its DNS name. Returns the nodes. */
export async function checkTraffic(kubectl: Kubectl): Promise<string[]> {
  const objects = SIDES.flatMap((side) => [deployment(side), service(side)]);
  try {
    await kubectl(["apply", "-f", "-"], { input: objects.map((object) => stringify(object)).join("---\n") });
    await kubectl(["rollout", "status", ...SIDES.map((side) => `deployment/traffic-${side}`), "--timeout=180s"], { deadline: 200 });
    await connect(kubectl, "left", "right");
    await connect(kubectl, "right", "left");
    const nodes = await kubectl(["get", "pods", "-l", "app=traffic", "-o", "jsonpath={.items[*].spec.nodeName}"]);
    return [...new Set(nodes.trim().split(/\s+/))].sort();
  } finally {
    await kubectl(["delete", "deployment,service", "-l", "app=traffic", "--wait=false", "--ignore-not-found"]);
  }
}

/** Connects by name, with retries: a name resolves a moment after its Service is created. */
async function connect(kubectl: Kubectl, from: string, to: string): Promise<void> {
  const attempt = [
    "exec",
    `deployment/traffic-${from}`,
    "--",
    "/agnhost",
    "connect",
    "--timeout=3s",
    `traffic-${to}.default.svc.cluster.local:80`,
  ];
  for (let left = 10; ; left -= 1) {
    try {
      await kubectl(attempt, { deadline: 30 });
      return;
    } catch (error) {
      if (left === 0) throw error;
      await setTimeout(1000);
    }
  }
}

function deployment(side: string) {
  const labels = { app: "traffic", side };
  const apart = { labelSelector: { matchLabels: { app: "traffic" } }, topologyKey: "kubernetes.io/hostname" };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: `traffic-${side}`, labels },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [apart] } },
          terminationGracePeriodSeconds: 1,
          containers: [{ name: "agnhost", image: IMAGE, imagePullPolicy: "IfNotPresent", args: ["netexec", "--http-port=8080"] }],
        },
      },
    },
  };
}

function service(side: string) {
  const labels = { app: "traffic", side };
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: `traffic-${side}`, labels },
    spec: { selector: labels, ports: [{ port: 80, targetPort: 8080 }] },
  };
}
