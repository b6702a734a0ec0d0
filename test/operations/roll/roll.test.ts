import { afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { createCa } from "../../../lib/pki/certificates.ts";
import type { KeyPair } from "../../../lib/pki/key-pair.ts";
import { type RollOptions, roll } from "../../../operations/roll/roll.ts";
import { resourcesOf } from "../../../operations/state/stack-state.ts";
import { node } from "../../support/cluster-objects.ts";
import { healthState, WORKERS } from "../../support/health-stack.ts";
import { FakeKubernetesApi } from "../../support/kubernetes-api.ts";
import { RollingStack, type Steps } from "../../support/rolling-stack.ts";
import { stateOf } from "../../support/stack-state.ts";

const LEASE = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/caravan-heal";
const [FIRST, SECOND] = WORKERS;
const steps: Steps = [["demo-web-0"], ["demo-web-1"]];
let ca: KeyPair;
let api: FakeKubernetesApi;
beforeAll(async () => {
  ca = await createCa("kubernetes");
});
beforeEach(async () => {
  api = await FakeKubernetesApi.start(ca);
  setNodes();
});
afterEach(() => api.stop());

/** Sets which workers are Ready; others have no Node. */
function setNodes(ready: Record<string, string> = { [FIRST]: "True", [SECOND]: "True" }): void {
  api.answers.set(
    "/api/v1/nodes",
    Object.entries(ready).map(([name, status]) => node(name, { Ready: { status } })),
  );
}

const stackWith = (own: Steps) => new RollingStack(healthState(ca, api), own);
const holder = () => (api.answers.get(LEASE) as { spec: { holderIdentity: string } } | undefined)?.spec.holderIdentity;

async function rolled(stack: RollingStack, options: RollOptions = {}) {
  const said: string[] = [];
  const waits: number[] = [];
  const wait = async (milliseconds: number) => waits.push(milliseconds);
  const result = await roll(stack, { onMessage: (message) => said.push(message), wait, ...options }).catch((error: Error) => error.message);
  return { result, said, waits: waits.length };
}

it("runs until no machine is left, and keeps healing away meanwhile", async () => {
  const stack = stackWith([...steps]);
  const holders: unknown[] = [];
  stack.onUp = () => holders.push(holder() !== "");
  const { result, said, waits } = await rolled(stack);
  expect(result).toEqual({ rollouts: [{ pool: "web", component: "demo-web", steps }], runs: 2 });
  expect(said).toEqual(["run 1, pulumi up: pool web: demo-web-0", "run 2, pulumi up: pool web: demo-web-1"]);
  expect([stack.runs, waits, holders, holder()]).toEqual([["preview", "up demo-web-0", "up demo-web-1"], 0, [true, true], ""]);
});

it("only plans, and has nothing to do when all machines are as they should be", async () => {
  const stack = stackWith([...steps]);
  const plans: unknown[] = [];
  const onPlan: RollOptions["onPlan"] = (rollouts) => plans.push(rollouts.map((each) => each.steps));
  expect((await rolled(stack, { planOnly: true, onPlan })).result).toMatchObject({ runs: 0 });
  expect((await rolled(stackWith([]), { onPlan })).result).toEqual({ rollouts: [], runs: 0 });
  expect([stack.runs, plans, api.requests]).toEqual([["preview"], [[steps], []], []]);
});

it("ends what was interrupted in a run of its own", async () => {
  const stack = stackWith([[], ["demo-web-1"]]);
  expect((await rolled(stack)).said).toEqual([
    "run 1, pulumi up: pool web: ends what was interrupted",
    "run 2, pulumi up: pool web: demo-web-1",
  ]);
  // Its machines may become Nodes, and Ready, only by that run.
  setNodes({ [FIRST]: "False" });
  const last = stackWith([[]]);
  last.onUp = () => setNodes();
  expect(await rolled(last)).toMatchObject({ result: { runs: 1 }, waits: 0 });
});

it("begins no step while a Node of the pool is not Ready, and says which", async () => {
  const stack = stackWith([...steps]);
  stack.onUp = () => setNodes({ [FIRST]: "False", [SECOND]: "True" });
  const obstacle = `Nodes of pool web are not Ready (${FIRST})`;
  expect(await rolled(stack)).toEqual({
    result: `no further machine is replaced: ${obstacle}, after 10 minutes; \`npx caravan health\` says what is wrong, then call this again`,
    said: ["run 1, pulumi up: pool web: demo-web-0", `waits up to 10 minutes: ${obstacle}`],
    waits: 120,
  });
  expect([stack.runs, holder()]).toEqual([["preview", "up demo-web-0"], ""]);
  // It goes on when the Node is back.
  const wait = async () => setNodes();
  const { result, said } = await rolled(stack, { wait });
  expect([result, said[0], stack.runs.at(-1)]).toEqual([
    expect.objectContaining({ runs: 1 }),
    `waits up to 10 minutes: ${obstacle}`,
    "up demo-web-1",
  ]);
});

it("waits for the Node of each machine after a run, and for an API that does not answer", async () => {
  setNodes({ [SECOND]: "True" });
  const started = stackWith([...steps]);
  started.onUp = () => setNodes({ [SECOND]: "Unknown" });
  expect((await rolled(started)).result).toContain(
    `Nodes of pool web are not Ready (${SECOND}), and not there (${FIRST}), after 10 minutes`,
  );
  expect(started.runs).toEqual(["preview", "up demo-web-0"]);
  const stack = stackWith([...steps]);
  api.refusals.set("/api/v1/nodes", Array(200).fill(503));
  expect((await rolled(stack)).result).toContain("the Kubernetes API does not answer: GET /api/v1/nodes: 503 ");
  expect(stack.runs).toEqual(["preview"]);
});

it("stops at the first run that fails, and goes on when it is called again", async () => {
  const stack = stackWith([...steps]);
  stack.failures = [undefined, "no quota"];
  expect((await rolled(stack)).result).toBe("pulumi up failed:\nno quota");
  expect([stack.runs, holder()]).toEqual([["preview", "up demo-web-0", "up demo-web-1"], ""]);
  expect((await rolled(stack)).result).toMatchObject({ runs: 1 });
});

it("stops when runs replace nothing, because other machines are replaced each time", async () => {
  const stack = stackWith([[], [], ["demo-web-1"]]);
  expect((await rolled(stack)).result).toMatch(/^runs have replaced no machine of pool web, because others are replaced each time; /);
  expect(stack.runs).toEqual(["preview", "up", "up"]);
});

it("does nothing while another process heals, without an API, and for a pool of another cluster", async () => {
  const now = new Date().toISOString();
  api.answers.set(LEASE, {
    metadata: { name: "caravan-heal" },
    spec: { holderIdentity: "other", leaseDurationSeconds: 600, renewTime: now },
  });
  const stack = stackWith([...steps]);
  expect((await rolled(stack)).result).toMatch(/^other heals this cluster, until /);
  const without = resourcesOf(healthState(ca, api)).filter(({ urn }) => !urn.includes("KubernetesCluster") && !urn.includes("-pki-"));
  expect((await rolled(new RollingStack(stateOf([...without]), [...steps]))).result).toMatch(/^the stack's state has no kubeconfig, /);
  const others = resourcesOf(healthState(ca, api)).filter(({ urn }) => !urn.includes("demo-web") || urn.includes("control"));
  expect((await rolled(new RollingStack(stateOf([...others]), [...steps]))).result).toBe(
    `the run would replace machines of demo-web, too, which are not of cluster "demo"; run \`pulumi up\` for each step`,
  );
  expect(stack.runs).toEqual(["preview"]);
});
