import { afterAll, beforeAll, expect, it } from "vitest";
import { listNodes, waitForNodes } from "../../../devcloud/nodes.ts";
import { pulumi } from "../../../devcloud/stack.ts";
import { tools } from "../../../devcloud/toolchain/tools.ts";
import { type Cluster, configure, createCluster, destroy, failureOf, uidsOf, up } from "../support/cluster.ts";
import { cordoned, versionsOf } from "../support/upgraded.ts";
import { BUILD_TIMEOUT, type SeveralVersions, severalVersions } from "../support/versions.ts";

// A pool of six is upgraded two at a time, while a PodDisruptionBudget allows one pod less than there are nodes.
const STACK = "e2e-upgrade-pool";
const OLD = "1.36.1";
const NEW = "1.36.3";
const IMAGE = `registry.k8s.io/e2e-test-images/agnhost:${tools.agnhost.version}`;

let versions: SeveralVersions;
let cluster: Cluster;
let uids: Record<string, string>;

const settings = (kubernetesVersion: string) => ({
  ...versions.settings,
  "caravan:kubernetesVersion": kubernetesVersion,
  "caravan:pools": {
    default: { count: 6, machine: { image: "node", flavor: "node.small" }, drainSeconds: 60, upgrade: { maxUnavailable: 2 } },
  },
});

beforeAll(async () => {
  versions = await severalVersions([OLD]);
  cluster = await createCluster(STACK, 7, settings(OLD));
  uids = await uidsOf(cluster);
  await cluster.kubectl(["apply", "-f", "-"], { input: JSON.stringify(deployment()) });
  await cluster.kubectl(["apply", "-f", "-"], { input: JSON.stringify(budget({ minAvailable: 5 })) });
  await cluster.kubectl(["rollout", "status", "deployment/web", "--timeout=180s"], { deadline: 200 });
}, BUILD_TIMEOUT);

afterAll(async () => {
  if (cluster) await destroy(cluster.stack);
  versions?.end();
});

it("names the budget that allows no disruption, uncordons the node, and touches no other", async () => {
  await cluster.kubectl(["apply", "-f", "-"], { input: JSON.stringify(budget({ minAvailable: 6 })) });
  await configure(STACK, settings(NEW));
  const failure = await failureOf(pulumi(cluster.stack, ["up", "--yes", "--skip-preview"], { deadline: 900 }));
  expect(failure).toContain("PodDisruptionBudget default/web");
  expect(await cordoned(cluster)).toEqual([]);
  const workers = Object.entries((await versionsOf(cluster)).kubelets).filter(([name]) => name.includes("-default-"));
  expect(workers.filter(([, version]) => version !== `v${OLD}`)).toEqual([]);
  await cluster.kubectl(["apply", "-f", "-"], { input: JSON.stringify(budget({ minAvailable: 5 })) });
});

it("has never more than two nodes out, and keeps to the budget in every moment", async () => {
  const samples: { out: number; available: number }[] = [];
  let isOver = false;
  const sampling = (async () => {
    while (!isOver) {
      const [nodes, web] = await Promise.all([
        listNodes(cluster.kubectl),
        cluster.kubectl(["get", "deployment", "web", "-o", "jsonpath={.status.availableReplicas}"]),
      ]).catch(() => [[], ""] as const);
      const workers = nodes.filter(({ metadata }) => metadata.name.includes("-default-"));
      const out = workers.filter(
        ({ spec, status }) => spec.unschedulable || status.conditions.some(({ type, status }) => type === "Ready" && status !== "True"),
      );
      if (workers.length > 0) samples.push({ out: out.length, available: Number(web) });
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  })();
  await up(cluster.stack);
  isOver = true;
  await sampling;
  expect(samples.length).toBeGreaterThan(20);
  expect(Math.max(...samples.map(({ out }) => out))).toBeLessThanOrEqual(2);
  expect(Math.min(...samples.map(({ available }) => available))).toBeGreaterThanOrEqual(5);
  await waitForNodes(cluster.kubectl, 7);
  expect(await uidsOf(cluster)).toEqual(uids);
  expect([...new Set(Object.values((await versionsOf(cluster)).kubelets))]).toEqual([`v${NEW}`]);
  expect(await cordoned(cluster)).toEqual([]);
});

/** Six pods, one on each worker while all are there. */
function deployment() {
  const labels = { app: "web" };
  const spread = {
    maxSkew: 1,
    topologyKey: "kubernetes.io/hostname",
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels: labels },
  };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web" },
    spec: {
      replicas: 6,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          topologySpreadConstraints: [spread],
          terminationGracePeriodSeconds: 1,
          containers: [
            {
              name: "web",
              image: IMAGE,
              imagePullPolicy: "IfNotPresent",
              args: ["netexec", "--http-port=8080"],
              readinessProbe: { httpGet: { path: "/healthz", port: 8080 }, periodSeconds: 2 },
            },
          ],
        },
      },
    },
  };
}

function budget(spec: object) {
  return {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name: "web" },
    spec: { selector: { matchLabels: { app: "web" } }, ...spec },
  };
}
