import { beforeEach, expect, it } from "vitest";
import { heal } from "../../../operations/heal/heal.ts";
import { FakeStack, withCommands } from "../../support/changeable-stack.ts";
import { CONTROL_PLANE, serverUrn, WORKERS } from "../../support/health-stack.ts";
import { useHealthyCluster } from "../../support/healthy-cluster.ts";

const LEDGER = "/api/v1/namespaces/kube-system/configmaps/caravan-heal";
const LEASE = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/caravan-heal";
const [LOST] = WORKERS;

const cluster = useHealthyCluster();
let stack: FakeStack;
beforeEach(() => {
  stack = new FakeStack(withCommands(cluster.state));
});

const ledger = () => (cluster.api.answers.get(LEDGER) as { data: object } | undefined)?.data;
const holder = () => (cluster.api.answers.get(LEASE) as { spec: { holderIdentity: string } } | undefined)?.spec.holderIdentity;
const writes = () => cluster.api.requests.filter((request) => !request.startsWith("GET")).map((request) => request.replace(/\/\S+\//, ""));
const COMMANDS = "demo-web-contact-0, demo-web-join-0";
const PREVIEWS = [`preview: replace nothing; target ${COMMANDS}`, `preview: replace demo-web-0; target demo-web-0, ${COMMANDS}`];

it("does nothing in a healthy cluster, and leaves the lease free", async () => {
  expect(await heal(stack)).toMatchObject({ cluster: "demo", plan: { stopped: [], replaced: [], told: [] }, runs: [], exitCode: 0 });
  expect([stack.runs, ledger(), holder()]).toEqual([[], undefined, ""]);
  expect(writes()).toEqual(["POST leases", "PUT caravan-heal"]);
});

it("replaces a lost worker: previews, records it, and runs exactly what makes its successor join", async () => {
  cluster.lose();
  const said: string[] = [];
  const result = await heal(
    stack,
    {},
    {
      onPlan: ({ replaced }) => said.push(`plan: ${replaced.map(({ object }) => object.name)}, after ${stack.runs.length} runs`),
      onStep: ({ resource, step }) => said.push(`${resource}: ${step}`),
    },
  );
  expect(stack.runs).toEqual([...PREVIEWS, `up: replace demo-web-0; target demo-web-0, ${COMMANDS}`]);
  expect(said).toEqual([
    `plan: ${LOST}, after 0 runs`,
    "demo-web-0: new server made",
    "demo-web-0: old server deleted",
    "demo-web-contact-0: contacted",
    "demo-web-join-0: new workers joined, and former ones drained and removed",
  ]);
  const object = { kind: "worker", name: LOST, id: `id-${LOST}`, urn: serverUrn(LOST) };
  expect(result).toEqual({
    cluster: "demo",
    time: expect.stringMatching(/Z$/),
    health: expect.objectContaining({ findings: [expect.objectContaining({ id: "server-lost", object })] }),
    plan: { stopped: [], replaced: [{ object, key: "demo-web-0", reason: "OpenStack has no such server any more" }], told: [] },
    runs: [{ machines: [LOST], steps: expect.any(Array), seconds: expect.any(Number) }],
    exitCode: 0,
  });
  expect(ledger()).toEqual({ "demo-web-0": expect.stringMatching(/^\S+Z$/) });
  expect(holder()).toBe("");
});

it("only plans, and writes nothing", async () => {
  cluster.lose();
  expect(await heal(stack, {}, { planOnly: true })).toMatchObject({ plan: { replaced: [{ key: "demo-web-0" }] }, runs: [], exitCode: 1 });
  expect([stack.runs, writes()]).toEqual([[], []]);
});

it("replaces the same place twice, and leaves it to a person then", async () => {
  cluster.lose();
  const codes = [];
  for (let turn = 0; turn < 3; turn++) codes.push((await heal(stack)).exitCode);
  expect(codes).toEqual([0, 0, 1]);
  expect(stack.runs.filter((run) => run.startsWith("up"))).toHaveLength(2);
  expect(await heal(stack, { maxReplacements: 3 })).toMatchObject({ exitCode: 0 });
});

it("does nothing when other machines would get changes, too, or when a preview has more in it, and names that", async () => {
  cluster.lose();
  stack.pending = ["demo-web-join-0"];
  const failureOf = async () => {
    const { runs, exitCode } = await heal(stack);
    return [exitCode, ...runs.map(({ machines, failure }) => [machines, failure])];
  };
  expect(await failureOf()).toEqual([
    2,
    [
      [LOST],
      "the configuration, the library or the stack's program has changed since the last run, and other machines would get that, too: demo-web-join-0 (command:local:Command: update); run `pulumi up` first",
    ],
  ]);
  stack.pending = [];
  stack.surprises = ["demo-web-1", "users-own"];
  expect(await failureOf()).toEqual([
    2,
    [
      [LOST],
      "the replacement would also change demo-web-1 (openstack:compute/instance:Instance: update), users-own (command:local:Command: update); run `pulumi up` first",
    ],
  ]);
  expect([stack.runs.filter((run) => run.startsWith("up")), ledger()]).toEqual([[], undefined]);
});

it("says what Pulumi reported when a run fails, and counts the replacement", async () => {
  cluster.lose();
  stack.failures.set("up", ["No valid host was found"]);
  const { runs, exitCode } = await heal(stack);
  expect([exitCode, runs.map(({ failure }) => failure)]).toEqual([2, ["pulumi up failed:\nNo valid host was found"]]);
  expect(ledger()).toEqual({ "demo-web-0": expect.any(String) });
});

it("gives way to another run of the stack, and counts nothing", async () => {
  cluster.lose();
  stack.failures.set("up", ["error: the stack is currently locked by 1 lock(s)"]);
  expect(await heal(stack)).toMatchObject({ runs: [], busy: "another run of this stack is at work", exitCode: 3 });
  expect([ledger(), holder()]).toEqual([{}, ""]);
});

it("gives way to another healing, and asks nothing", async () => {
  cluster.lose();
  const [first, second] = await Promise.all([heal(stack), heal(stack)]);
  const [acting, other] = first.exitCode === 0 ? [first, second] : [second, first];
  expect(acting).toMatchObject({ exitCode: 0, runs: [{ machines: [LOST] }] });
  expect(other).toEqual({
    cluster: "demo",
    time: expect.any(String),
    plan: { stopped: [], replaced: [], told: [] },
    runs: [],
    busy: expect.stringMatching(/ heals this cluster, until \S+Z at the latest$|^another process took the lease just now$/),
    exitCode: 3,
  });
  expect(stack.runs.filter((run) => run.startsWith("up"))).toHaveLength(1);
});

it("takes over the lease of a process that ended without a word", async () => {
  const spec = { holderIdentity: "another", leaseDurationSeconds: 600, renewTime: new Date(Date.now() - 601_000).toISOString() };
  cluster.api.answers.set(LEASE, { metadata: { name: "caravan-heal", resourceVersion: "7" }, spec });
  expect((await heal(stack)).exitCode).toBe(0);
  cluster.api.answers.set(LEASE, {
    metadata: { name: "caravan-heal", resourceVersion: "7" },
    spec: { ...spec, renewTime: new Date().toISOString() },
  });
  expect((await heal(stack)).busy).toMatch(/^another heals this cluster, until /);
});

it("does nothing while the API does not answer, or refuses the lease, and says why", async () => {
  cluster.lose();
  cluster.api.refusals.set(LEASE.slice(0, LEASE.lastIndexOf("/")), [403]);
  expect(await heal(stack)).toMatchObject({
    plan: {
      stopped: [
        "the lease of healing could not be taken: POST /apis/coordination.k8s.io/v1/namespaces/kube-system/leases: 403 refused by the test",
      ],
      replaced: [],
    },
    exitCode: 2,
  });
  await cluster.api.stop();
  expect(await heal(stack)).toMatchObject({
    plan: { stopped: [expect.stringMatching(/^API https:\S+: .*ECONNREFUSED/)], replaced: [] },
    exitCode: 2,
  });
  expect(stack.runs).toEqual([]);
});

it("leaves the only control plane to a person", async () => {
  cluster.api.answers.set(
    "/api/v1/nodes",
    (cluster.api.answers.get("/api/v1/nodes") as { metadata: { name: string }; status: object }[]).map((each) =>
      each.metadata.name === CONTROL_PLANE
        ? { ...each, status: { conditions: [{ type: "Ready", status: "Unknown", lastTransitionTime: "2026-01-01T00:00:00Z" }] } }
        : each,
    ),
  );
  expect(await heal(stack)).toMatchObject({
    plan: {
      replaced: [],
      told: [{ object: { name: CONTROL_PLANE }, objection: "no member of etcd answers over SSH, so nothing is known of its majority" }],
    },
    exitCode: 1,
  });
});

it("refuses a policy that is not valid before anything is asked", async () => {
  await expect(heal(stack, { notReadyMinutes: 0 })).rejects.toThrow(
    "heal has 1 invalid property:\n  notReadyMinutes: 0 is not allowed; use a whole number from 1 to 1440",
  );
  expect([cluster.api.requests, cluster.cloud.requests]).toEqual([[], []]);
});
