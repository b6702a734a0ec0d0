import { beforeEach, expect, it } from "vitest";
import { replaceNode } from "../../../operations/replace-node/replace-node.ts";
import { FakeStack, withCommands } from "../../support/changeable-stack.ts";
import { CONTROL_PLANE, WORKERS } from "../../support/health-stack.ts";
import { useHealthyCluster } from "../../support/healthy-cluster.ts";

const cluster = useHealthyCluster();
let stack: FakeStack;
beforeEach(() => {
  stack = new FakeStack(withCommands(cluster.state));
});

const plan = { role: "worker", name: WORKERS[1], id: `id-${WORKERS[1]}`, risks: [] };

it("replaces a worker by the name of its Node or of its resource, after it has said so", async () => {
  const said: unknown[] = [];
  const result = await replaceNode(stack, WORKERS[1], { onPlan: (each) => said.push(each, stack.runs.length) });
  expect(said).toEqual([plan, 2]);
  expect(result).toEqual({ plan, steps: expect.any(Array) });
  expect(result.steps.map(({ step }) => step)).toHaveLength(4);
  expect(stack.runs.at(-1)).toBe("up: replace demo-web-1; target demo-web-1, demo-web-contact-0, demo-web-join-0");
  expect((await replaceNode(stack, "demo-web-1", { planOnly: true })).plan).toEqual(plan);
  expect(stack.runs).toHaveLength(5);
});

it("replaces a control plane with what runs on all machines because of it, when it is forced", async () => {
  await expect(replaceNode(stack, CONTROL_PLANE)).rejects.toThrow(
    "control plane demo-control-plane-0 is not replaced: no member of etcd answers over SSH, so nothing is known of its majority; bring the others back first, or force it",
  );
  expect(stack.runs).toEqual([]);
  const { plan: forced } = await replaceNode(stack, CONTROL_PLANE, { force: true });
  expect(forced.risks).toEqual(["no member of etcd answers over SSH, so nothing is known of its majority"]);
  expect(stack.runs.at(-1)).toBe(
    "up: replace demo-control-plane-0; target demo-control-plane-0, demo-control-plane-contact, demo-control-plane-members, demo-web-join-0",
  );
});

it("names the near name of a node that does not exist", async () => {
  await expect(replaceNode(stack, "demo-web-7-1234567")).rejects.toThrow(
    'cluster "demo" has no node "demo-web-7-1234567"; use "demo-web-0-1234567"',
  );
});

it("fails when Pulumi does, or when more would change, and does nothing while the API does not answer", async () => {
  stack.failures.set("preview", ["error: the stack is currently locked by 1 lock(s)"]);
  await expect(replaceNode(stack, WORKERS[0])).rejects.toThrow("another run of this stack is at work");
  stack.surprises = ["users-own"];
  await expect(replaceNode(stack, WORKERS[0])).rejects.toThrow("the replacement would also change users-own");
  await cluster.api.stop();
  await expect(replaceNode(stack, WORKERS[0])).rejects.toThrow(
    /^worker demo-web-0-1234567 is not replaced: API https:\S+: .*ECONNREFUSED.*; bring the others back first, or force it$/,
  );
});
