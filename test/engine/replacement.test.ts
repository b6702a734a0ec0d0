import { LocalWorkspace } from "@pulumi/pulumi/automation/index.js";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { automationEngine } from "../../operations/engine/automation-engine.ts";
import { commandEngine } from "../../operations/engine/command-engine.ts";
import { changesIn } from "../../operations/engine/events.ts";
import { StackBusy } from "../../operations/engine/stack-engine.ts";
import { prepareReplacement } from "../../operations/replacement/replace-machines.ts";
import { exportStack } from "../../operations/state/stack-export.ts";
import { nameOf, resourcesOf, type StateResource, typeOf } from "../../operations/state/stack-state.ts";
import { FakeCloud } from "../fake-openstack/fake-cloud.ts";
import { EngineStack } from "./engine-stack.ts";

/** Replacements of machines by the real engine, on a fake cloud, with the resources of a cluster. Its commands reach no machine. */
const cloud = new FakeCloud({ settings: { buildSeconds: 0.2, deleteSeconds: 0.2 } });
const SERVER = "openstack:compute/instance:Instance";
const PROGRAM = { name: "heal", folder: "test/engine/programs/replacement" };
const config: Record<string, unknown> = { "heal:controlPlanes": 3, "heal:workers": 3 };
const UP = ["up", "--yes", "--skip-preview"];
let stack: EngineStack;

beforeAll(async () => {
  await cloud.start();
  stack = await EngineStack.create(cloud, { program: PROGRAM, config });
  await stack.up();
  for (const [name, value] of Object.entries(stack.place.environment)) vi.stubEnv(name, value);
}, 600_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  await stack?.remove();
  cloud.stop();
});

const engine = () => commandEngine(stack.place.stack, stack.place.workDir);
const resources = async () => resourcesOf(await exportStack(stack.place.stack, true, stack.place.workDir));
const label = ({ urn }: StateResource) => `${typeOf(urn).split(":").at(-1)} ${nameOf(urn)}`;

/** Returns the machines of these names in the program, as a replacement takes them. */
function machinesIn(all: readonly StateResource[], ...names: string[]) {
  const servers = all.filter(({ type, urn }) => type === SERVER && names.includes(nameOf(urn)));
  return servers.map(({ urn, id, outputs }) => ({ urn, id: id!, name: String(outputs!.name) }));
}

/** Replaces machines. Returns the steps, and the resources that have another id or other inputs afterwards. */
async function replace(...names: string[]): Promise<{ steps: string[]; changed: string[] }> {
  const before = await resources();
  const steps: string[] = [];
  const prepared = await prepareReplacement(engine(), before, machinesIn(before, ...names));
  await prepared.run(({ resource, step }) => steps.push(`${resource}: ${step}`));
  const known = new Map(before.map((each) => [each.urn, contentOf(each)]));
  const changed = (await resources()).filter((each) => known.get(each.urn) !== contentOf(each)).map(label);
  return { steps, changed };
}

const contentOf = ({ id, inputs }: StateResource) => JSON.stringify([id, inputs]);
const JOINS = ["heal-web-contact-0: contacted", "heal-web-join-0: new workers joined, and former ones drained and removed"];

it("replaces a worker and runs its contact and join, and touches nothing else, also when others are lost", async () => {
  const other = cloud.nova.servers.store.all.find(({ name }) => name.startsWith("heal-web-2-"))!;
  other.status = "ERROR";
  expect(await replace("heal-web-1")).toEqual({
    steps: ["heal-web-1: new server made", ...JOINS, "heal-web-1: old server deleted"],
    changed: ["Instance heal-web-1", "Command heal-web-contact-0", "Command heal-web-join-0"],
  });
  other.status = "ACTIVE";
  expect(await stack.command(UP)).toMatch(/Resources:\n +\d+ unchanged\n/);
}, 300_000);

it("replaces a control plane in its place, with the commands that know its id, and leaves nothing for the next run", async () => {
  expect(await replace("heal-control-plane-0")).toEqual({
    steps: [
      "heal-control-plane-0: old server deleted",
      "heal-control-plane-0: new server made",
      "heal-control-plane-contact: contacted",
      "heal-control-plane-0-kubeadm: control plane started",
      expect.stringMatching(/^heal-(control-plane-members|web-join-0): /),
      expect.stringMatching(/^heal-(control-plane-members|web-join-0): /),
    ],
    changed: [
      "Instance heal-control-plane-0",
      "Command heal-control-plane-contact",
      "Command heal-control-plane-0-kubeadm",
      ...["Command heal-control-plane-members", "Command heal-web-join-0"].map(() =>
        expect.stringMatching(/^Command heal-(control-plane-members|web-join-0)$/),
      ),
    ],
  });
  expect(await stack.command(UP)).toMatch(/Resources:\n +\d+ unchanged\n/);
}, 300_000);

it("does nothing while the commands have something to do for other machines, or the program has more machines", async () => {
  await stack.configure({ ...config, "heal:settings": "other" });
  await expect(replace("heal-web-1")).rejects.toThrow(
    "the configuration, the library or the stack's program has changed since the last run, and other machines would get that, too: heal-web-join-0 (command:local:Command: update); run `pulumi up` first",
  );
  await stack.configure({ ...config, "heal:workers": 4 });
  await expect(replace("heal-web-1")).rejects.toThrow(
    "the program has resources that the stack does not have yet: heal-web-3; run `pulumi up` first",
  );
  await stack.configure(config);
}, 300_000);

it("leaves what has changed elsewhere to `pulumi up`", async () => {
  await stack.configure({ ...config, "heal:note": "other" });
  expect((await replace("heal-web-1")).changed).toEqual(["Instance heal-web-1", "Command heal-web-contact-0", "Command heal-web-join-0"]);
  expect(await stack.command(["preview"])).toMatch(/~ 1 to update\n +\d+ unchanged\n/);
  await stack.configure(config);
}, 300_000);

it("refuses a machine that another run has replaced since the state was read", async () => {
  const old = await resources();
  await replace("heal-web-0");
  await expect(prepareReplacement(engine(), old, machinesIn(old, "heal-web-0"))).rejects.toThrow(
    /^another run has replaced heal-web-0-\w+ meanwhile/,
  );
}, 300_000);

it("lets one of two runs at once act, and tells the other", async () => {
  const all = await resources();
  const two = [
    await prepareReplacement(engine(), all, machinesIn(all, "heal-web-0")),
    await prepareReplacement(engine(), all, machinesIn(all, "heal-web-1")),
  ];
  const results = await Promise.allSettled(two.map((each) => each.run(() => {})));
  expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  const refused = results.find((result) => result.status === "rejected")!;
  expect(refused.reason).toBeInstanceOf(StackBusy);
}, 300_000);

it("tells the same by the Automation API", async () => {
  const all = await resources();
  const [machine] = machinesIn(all, "heal-web-1");
  const { workDir, stack: stackName, environment } = stack.place;
  const automated = automationEngine(await LocalWorkspace.selectStack({ stackName, workDir }, { envVars: { ...environment } }));
  const scope = { target: [machine!.urn], replace: [machine!.urn] };
  const [byApi, byCommand] = [changesIn(await automated.preview(scope)), changesIn(await engine().preview(scope))];
  expect(byApi).toEqual([{ urn: machine!.urn, ops: ["create-replacement", "delete-replaced", "replace"], id: machine!.id }]);
  expect(byCommand).toEqual(byApi);
}, 300_000);
