import { parseArgs } from "node:util";
import { writeReport } from "../bench/report.ts";
import { EngineStack, type Measured } from "./engine.ts";
import { FakeCloud } from "./openstack/fake-cloud.ts";

/** What it takes to plan, make, look at and remove servers with the real engine and plugin on a fake OpenStack. */
const { values } = parseArgs({
  options: {
    workers: { type: "string", default: "10" },
    "control-planes": { type: "string", default: "3" },
    parallel: { type: "string", default: "64" },
    "builds-at-once": { type: "string", default: "10" },
  },
});
const workers = Number(values.workers);
const controlPlanes = Number(values["control-planes"]);
const parallel = Number(values.parallel);

const cloud = new FakeCloud({ settings: { buildsAtOnce: Number(values["builds-at-once"]) } });
await cloud.start();
const stack = await EngineStack.create(cloud, { config: { "scale:workers": workers, "scale:controlPlanes": controlPlanes }, parallel });
try {
  const result = await measure();
  print(result);
  writeReport(`scale-${workers}`, result);
} finally {
  await stack.remove();
  cloud.stop();
}

async function measure() {
  const plan = await stack.preview();
  const create = await stack.up();
  const state = await stack.state();
  const made = cloud.inventory;
  const again = await stack.up();
  const remove = await stack.destroy();
  return { workers, controlPlanes, parallel, state, made, left: cloud.inventory, steps: { plan, create, "no-op": again, delete: remove } };
}

function print({ state, made, left, steps }: Awaited<ReturnType<typeof measure>>): void {
  console.log(`\n${workers} workers and ${controlPlanes} control planes, ${parallel} operations at a time`);
  console.table(Object.fromEntries(Object.entries(steps).map(([name, step]) => [name, row(step)])));
  console.log(`state ${(state.bytes / 1e6).toFixed(2)} MB, ${state.resources} resources`);
  console.log("calls of the creation:");
  for (const [call, count] of Object.entries(steps.create.calls)) console.log(`${String(count).padStart(7)}  ${call}`);
  console.log("made:", made, "\nleft:", left);
}

function row({ seconds, calls, processes }: Measured) {
  const total = Object.values(calls).reduce((sum, count) => sum + count, 0);
  const perServer = Math.round((total / (workers + controlPlanes)) * 10) / 10;
  const megabytes = Object.entries(processes).map(([role, usage]) => [`${role} MB`, usage.megabytes]);
  const cpu = Object.entries(processes).map(([role, usage]) => [`${role} CPU s`, usage.cpuSeconds]);
  return { seconds, "HTTP calls": total, "calls a server": perServer, ...Object.fromEntries([...megabytes, ...cpu]) };
}
