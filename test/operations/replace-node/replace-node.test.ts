import { afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { createCa } from "../../../lib/pki/certificates.ts";
import type { KeyPair } from "../../../lib/pki/key-pair.ts";
import { replaceNode } from "../../../operations/replace-node/replace-node.ts";
import { FakeStack, withCommands } from "../../support/changeable-stack.ts";
import type { FakeOpenStack } from "../../support/fake-openstack.ts";
import { CONTROL_PLANE, healthState, makeHealthy, WORKERS } from "../../support/health-stack.ts";
import { FakeKubernetesApi } from "../../support/kubernetes-api.ts";
import { startSignedIn } from "../../support/signed-in.ts";

let ca: KeyPair;
let cloud: FakeOpenStack;
let api: FakeKubernetesApi;
let stack: FakeStack;
beforeAll(async () => {
  ca = await createCa("kubernetes");
});
beforeEach(async () => {
  cloud = await startSignedIn();
  api = await FakeKubernetesApi.start(ca);
  makeHealthy(cloud, api);
  stack = new FakeStack(withCommands(healthState(ca, api)));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  cloud.stop();
  await api.stop();
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
  await api.stop();
  await expect(replaceNode(stack, WORKERS[0])).rejects.toThrow(
    /^worker demo-web-0-1234567 is not replaced: API https:\S+: .*ECONNREFUSED.*; bring the others back first, or force it$/,
  );
});
