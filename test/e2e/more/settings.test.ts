import { afterAll, beforeAll, expect, it } from "vitest";
import { type Kubectl, kubectlOf } from "../../../devcloud/kubectl.ts";
import { waitForNodes } from "../../../devcloud/nodes.ts";
import { pulumi, type Stack } from "../../../devcloud/stack.ts";
import { configure, destroy, failureOf, up, urnOf } from "../support/cluster.ts";

const CLUSTER = "e2e-settings";
const MACHINE = { image: "node", flavor: "node.medium" };
const WRONG_FLAG = { extraArgs: { apiServer: { "feature-gates": "NoSuchGate=true" } } };

let stack: Stack;
let kubectl: Kubectl;

beforeAll(async () => {
  stack = await configure(CLUSTER);
});

afterAll(async () => {
  await destroy(stack);
});

it("names the flag with which the API server does not start, in the first run", async () => {
  const { output } = await failing(WRONG_FLAG);
  expect(output).toContain("kube-apiserver: ");
  expect(output).toContain("NoSuchGate");
  expect(output).toContain("failed: kubeadm init, after");
});

it("starts the cluster on another first machine, because the first one never started it", async () => {
  await change({});
  const server = await urnOf(stack, "openstack:compute/instance:Instance", `${CLUSTER}-control-plane-0`);
  await up(stack, ["--replace", server]);
  kubectl = await kubectlOf(stack);
  await waitForNodes(kubectl, 3);
});

it("reverts a wrong flag within minutes, names it, and keeps serving", async () => {
  const { output, seconds } = await failing(WRONG_FLAG);
  expect(output).toContain("kube-apiserver does not run with its new settings (--feature-gates=NoSuchGate=true); its last lines are above");
  expect(output).toContain("unrecognized feature gate: NoSuchGate");
  expect(output).toContain("the settings of before are back, and this control plane runs with them");
  expect(seconds).toBeLessThan(300);
  expect(await commandOf("kube-apiserver")).not.toContain("NoSuchGate");
});

it("applies the flag once it is right", async () => {
  await change({ extraArgs: { apiServer: { "feature-gates": "WatchList=true" } } });
  await up(stack);
  // The kubelet reports a pod of a manifest to the API a little later.
  await expect.poll(() => commandOf("kube-apiserver"), { timeout: 90_000, interval: 3000 }).toContain("--feature-gates=WatchList=true");
});

it("fails for a scheduler setting with which it does not start, and keeps scheduling pods", async () => {
  const { output } = await failing({ scheduler: { configuration: { percentageOfNodesToScore: 500 } } });
  expect(output).toContain("kube-scheduler does not run with its new settings (percentageOfNodesToScore: 500); its last lines are above");
  expect(output).toContain("the settings of before are back, and this control plane runs with them");
  await kubectl(["run", "placed", "--image=registry.k8s.io/pause:3.10.2"]);
  await kubectl(["wait", "pod/placed", "--for=condition=PodScheduled", "--timeout=60s"]);
});

it("refuses another network and endpoint before any change, also in the preview", async () => {
  stack = await configure(CLUSTER, {
    "caravan:network": { externalNetwork: "public", cidr: "10.41.0.0/16" },
    "caravan:apiEndpoint": { type: "vip", allowedCidrs: ["172.24.4.0/22"] },
  });
  const output = await failureOf(pulumi(stack, ["preview"], { deadline: 300 }));
  for (const property of ["network.cidr", "apiEndpoint.type"]) expect(output).toContain(`${property}: `);
  await change({});
});

it("keeps its cluster when its stack is renamed", async () => {
  await up(stack);
  await pulumi(stack, ["stack", "rename", `${CLUSTER}-renamed`], { deadline: 60 });
  stack = { ...stack, name: `${CLUSTER}-renamed` };
  // The resource that clears up at a destroy records the stack's name. Nothing else changes.
  const { same, ...changes } = await up(stack);
  expect(changes).toEqual({ update: 2 });
  expect(same).toBeGreaterThan(30);
  expect(await up(stack)).toEqual({ same: same! + 2 });
});

async function change(controlPlane: Record<string, unknown>): Promise<void> {
  stack = await configure(CLUSTER, { "caravan:controlPlane": { count: 1, machine: MACHINE, ...controlPlane } });
}

async function failing(controlPlane: Record<string, unknown>): Promise<{ output: string; seconds: number }> {
  await change(controlPlane);
  const started = Date.now();
  const output = await failureOf(pulumi(stack, ["up", "--yes", "--skip-preview"], { deadline: 900 }));
  return { output, seconds: (Date.now() - started) / 1000 };
}

async function commandOf(component: string): Promise<string> {
  return kubectl([
    ...["--namespace", "kube-system", "get", "pod", `${component}-${CLUSTER}-control-plane-0`],
    ...["--output", "jsonpath={.spec.containers[0].command}"],
  ]);
}
