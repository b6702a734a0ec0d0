import { parseArgs } from "node:util";
import { say } from "../../devcloud/support/progress.ts";
import { writeReport } from "../bench/report.ts";
import { EngineStack, type Measured } from "./engine.ts";
import { round, row, totalCalls } from "./measured.ts";
import { FakeCloud } from "./openstack/fake-cloud.ts";
import { missedTargets } from "./targets.ts";

/** What it takes to plan, make, look at, grow, replace and remove servers with the real engine and plugin on a fake OpenStack. */
const { values } = parseArgs({
  options: {
    workers: { type: "string", default: "10" },
    "control-planes": { type: "string", default: "3" },
    more: { type: "string", default: "20" },
    parallel: { type: "string", default: "64" },
    "builds-at-once": { type: "string", default: "1000" },
    "skip-checkpoints": { type: "boolean", default: false },
    check: { type: "boolean", default: false },
  },
});
const workers = Number(values.workers);
const controlPlanes = Number(values["control-planes"]);
const more = Number(values.more);
const parallel = Number(values.parallel);
const skipCheckpoints = values["skip-checkpoints"];
const servers = workers + controlPlanes;

const cloud = new FakeCloud({ settings: { buildsAtOnce: Number(values["builds-at-once"]) } });
await cloud.start();
const stack = await EngineStack.create(cloud, { config: sizes(workers), parallel, skipCheckpoints });
try {
  const result = await measureAll();
  print(result);
  writeReport(`scale-${workers}`, result);
} finally {
  await stack.remove();
  cloud.stop();
}

async function measureAll() {
  const plan = await reported("plan", stack.preview());
  const create = await reported("create", stack.up());
  const state = await stack.state();
  const made = cloud.inventory;
  const again = await reported("no-op", stack.up());
  await stack.configure(sizes(workers + more));
  const grow = await reported("grow", stack.up());
  const replace = await reported(
    "replace",
    stack.up(["--replace", await stack.urn("openstack:compute/instance:Instance", "scale-workers-0")]),
  );
  const remove = await reported("destroy", stack.destroy());
  const steps = { plan, create, "no-op": again, [`${more} more workers`]: grow, "one replaced": replace, destroy: remove };
  // What a look at everything costs besides is in the step without changes.
  const callsPerWorker = round((totalCalls(grow) - totalCalls(again)) / more);
  const missed = missedTargets({ servers, state, steps });
  return { workers, controlPlanes, servers, parallel, skipCheckpoints, state, callsPerWorker, made, left: cloud.inventory, steps, missed };
}

function sizes(count: number): Record<string, number> {
  return { "scale:workers": count, "scale:controlPlanes": controlPlanes };
}

async function reported(title: string, step: Promise<Measured>): Promise<Measured> {
  const measured = await step;
  say(`${title}: ${measured.seconds} s`);
  return measured;
}

function print({ state, callsPerWorker, made, left, steps, missed }: Awaited<ReturnType<typeof measureAll>>): void {
  console.log(`\n${workers} workers and ${controlPlanes} control planes, ${parallel} operations at a time`);
  console.table(Object.fromEntries(Object.entries(steps).map(([name, step]) => [name, row(step)])));
  console.log(`state ${(state.bytes / 1e6).toFixed(2)} MB, ${state.resources} resources`);
  console.log(`HTTP calls of the creation: ${round(totalCalls(steps.create) / servers)} a server; of a further worker: ${callsPerWorker}`);
  for (const [call, count] of Object.entries(steps.create.calls)) console.log(`${String(count).padStart(7)}  ${call}`);
  console.log("made:", made, "\nleft:", left);
  for (const each of missed) console.log(`target missed, ${each}`);
  if (values.check && missed.length > 0) process.exitCode = 1;
}
