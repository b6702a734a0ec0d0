import { parseArgs } from "node:util";
import { say } from "../../devcloud/support/progress.ts";
import type { EngineStack } from "../engine/engine-stack.ts";
import { type Measured, round, row, totalCalls } from "../engine/measured.ts";
import { onNewStack, SERVER_OPTIONS, serverConfig } from "../engine/servers-stack.ts";
import { firstCheckpointsOf } from "../engine/state/checkpoints.ts";
import type { FakeCloud } from "../fake-openstack/fake-cloud.ts";
import { writeReport } from "./report.ts";
import { missedTargets } from "./targets.ts";

/** Time, memory and calls to plan, create, check, grow, replace and destroy servers with the real engine and plugin on a fake OpenStack. */
const { values } = parseArgs({
  options: {
    ...SERVER_OPTIONS,
    workers: { type: "string", default: "10" },
    more: { type: "string", default: "20" },
    checkpoints: { type: "string", default: "plain" },
    check: { type: "boolean", default: false },
  },
});
const workers = Number(values.workers);
const more = Number(values.more);
const checkpoints = firstCheckpointsOf(values.checkpoints);
const servers = workers + Number(values["control-planes"]);

const result = await onNewStack(workers, values, { checkpoints }, measureAll);
print(result);
writeReport(`scale-${workers}`, result);

async function measureAll(stack: EngineStack, cloud: FakeCloud) {
  const plan = await reported("plan", stack.preview());
  const create = await reported("create", stack.up());
  const state = await stack.state();
  const made = cloud.inventory;
  const again = await reported("no-op", stack.up());
  await stack.configure(serverConfig(workers + more, values));
  const grow = await reported("grow", stack.up());
  const replace = await reported(
    "replace",
    stack.up(["--replace", await stack.urn("openstack:compute/instance:Instance", "scale-workers-0")]),
  );
  const remove = await reported("destroy", stack.destroy());
  const steps = { plan, create, "no-op": again, [`${more} more workers`]: grow, "one replaced": replace, destroy: remove };
  // Calls of a full check are in the step without changes, so they are subtracted.
  const callsPerWorker = round((totalCalls(grow) - totalCalls(again)) / more);
  const missed = missedTargets({ servers, state, steps });
  return { workers, servers, options: values, state, callsPerWorker, made, left: cloud.inventory, steps, missed };
}

async function reported(title: string, step: Promise<Measured>): Promise<Measured> {
  const measured = await step;
  say(`${title}: ${measured.seconds} s`);
  return measured;
}

function print({ state, callsPerWorker, made, left, steps, missed }: Awaited<ReturnType<typeof measureAll>>): void {
  console.log(`\n${workers} workers and ${values["control-planes"]} control planes, ${values.parallel} operations at a time`);
  console.table(Object.fromEntries(Object.entries(steps).map(([name, step]) => [name, row(step)])));
  console.log(`state ${(state.bytes / 1e6).toFixed(2)} MB, ${state.resources} resources`);
  console.log(`HTTP calls of the creation: ${round(totalCalls(steps.create) / servers)} a server; of a further worker: ${callsPerWorker}`);
  for (const [call, count] of Object.entries(steps.create.calls)) console.log(`${String(count).padStart(7)}  ${call}`);
  console.log("made:", made, "\nleft:", left);
  for (const each of missed) console.log(`target missed, ${each}`);
  if (values.check && missed.length > 0) process.exitCode = 1;
}
