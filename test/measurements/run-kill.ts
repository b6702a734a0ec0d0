import { parseArgs } from "node:util";
import { step } from "../../devcloud/support/progress.ts";
import type { EngineStack } from "../engine/engine-stack.ts";
import { totalCalls } from "../engine/measured.ts";
import { onNewStack, SERVER_OPTIONS, serverConfig } from "../engine/servers-stack.ts";
import { type Checkpoints, checkpointsOf } from "../engine/state/checkpoints.ts";
import type { FakeCloud } from "../fake-openstack/fake-cloud.ts";
import { difference, type Inventory, inWords, objectsOf } from "../fake-openstack/inventory.ts";
import { moments } from "./moments.ts";
import { writeReport } from "./report.ts";
import { unknownServers } from "./unknown-servers.ts";

/**
 * Repairs of a creation whose processes are all killed (kill -9): the number of `pulumi up` runs that it takes, and the objects that are
 * left on the cloud without Pulumi's knowledge. With checkpoints, everything is created at once. Without them, a stack that was created
 * with them grows.
 */
const { values } = parseArgs({
  options: {
    ...SERVER_OPTIONS,
    workers: { type: "string", default: "30" },
    // Workers that exist before a run without checkpoints.
    base: { type: "string", default: "3" },
    moments: { type: "string", default: "10" },
    attempts: { type: "string", default: "3" },
    seed: { type: "string", default: "1" },
    checkpoints: { type: "string", default: "plain,none" },
    check: { type: "boolean", default: false },
  },
});
const workers = Number(values.workers);

/** Seconds for each command. Unknown objects can delay a destroy by ten minutes. */
const DEADLINE = 1200;

type Work<T> = (stack: EngineStack, cloud: FakeCloud) => Promise<T>;

const wholes: Record<string, Awaited<ReturnType<typeof undisturbed>>> = {};
const kills: ({ checkpoints: string } & Awaited<ReturnType<typeof killedOnce>>)[] = [];
for (const checkpoints of checkpointsOf(values.checkpoints)) {
  const whole = await step(`undisturbed, checkpoints ${checkpoints}`, () => onStack(checkpoints, undisturbed));
  wholes[checkpoints] = whole;
  for (const calls of moments(whole.calls, Number(values.moments), Number(values.seed))) {
    const title = `killed after ${calls} of ${whole.calls} calls, checkpoints ${checkpoints}`;
    const kill = await step(title, () => onStack(checkpoints, (stack, cloud) => killedOnce(stack, cloud, calls, whole.objects)));
    kills.push({ checkpoints, ...kill });
    writeReport(`scale-kill-${workers}`, { workers, options: values, wholes, kills });
  }
}
print();

/** Runs work with a stack that will create its workers: all of them, or all but a few without checkpoints. */
function onStack<T>(checkpoints: Checkpoints, work: Work<T>): Promise<T> {
  if (checkpoints !== "none") return onNewStack(workers, values, { checkpoints, deadline: DEADLINE }, work);
  return onNewStack(Number(values.base), values, { deadline: DEADLINE }, async (stack, cloud) => {
    await stack.up();
    stack.write(checkpoints);
    await stack.configure(serverConfig(workers, values));
    return work(stack, cloud);
  });
}

/** Runs without a kill, and returns the cloud's objects and the number of calls. */
async function undisturbed(stack: EngineStack, cloud: FakeCloud) {
  const calls = totalCalls(await stack.up());
  return { calls, objects: objectsOf(cloud) };
}

async function killedOnce(stack: EngineStack, cloud: FakeCloud, calls: number, wanted: Inventory) {
  cloud.calls.take();
  const killed = await stack.killedUp(() => cloud.calls.total >= calls);
  const servers = objectsOf(cloud).servers!;
  const lostServers = await unknownServers(stack, cloud);
  const ups = await stack.attempts(Number(values.attempts));
  const error = ups.at(-1)?.error;
  const doubled = difference(objectsOf(cloud), wanted);
  // An error here is part of the result: unknown objects can prevent a destroy.
  const destroyed = await stack.destroy().then(
    () => "yes",
    (reason) => String(reason).slice(-500),
  );
  const left = difference(objectsOf(cloud), {});
  return {
    calls,
    killed,
    servers,
    lostServers,
    ups: ups.length,
    seconds: ups.map(({ seconds }) => seconds),
    error,
    doubled,
    destroyed,
    left,
  };
}

function print(): void {
  for (const [checkpoints, { calls }] of Object.entries(wholes))
    console.log(`${workers} workers, checkpoints ${checkpoints}: ${calls} calls`);
  const rows = kills.map(({ error, doubled, destroyed, left, seconds, ...kill }) => {
    const lastError = error === undefined ? "none" : error.slice(-80);
    return {
      ...kill,
      seconds: seconds.join(", "),
      "last error": lastError,
      "other than once": inWords(doubled),
      destroyed: destroyed.slice(0, 40),
      left: inWords(left),
    };
  });
  console.table(rows);
  const bad = kills.filter(
    ({ error, doubled, left }) => error !== undefined || inWords(doubled) !== "nothing" || inWords(left) !== "nothing",
  );
  if (bad.length === 0) return;
  console.log(`target missed: ${bad.length} of the kills did not end with each object once and nothing left`);
  if (values.check) process.exitCode = 1;
}
