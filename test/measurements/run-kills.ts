import { parseArgs } from "node:util";
import { step } from "../../devcloud/support/progress.ts";
import type { EngineStack } from "../engine/engine-stack.ts";
import { onNewStack, SERVER_OPTIONS } from "../engine/servers-stack.ts";
import { firstCheckpointsOf } from "../engine/state/checkpoints.ts";
import type { FakeCloud } from "../fake-openstack/fake-cloud.ts";
import { difference, inWords, objectsOf } from "../fake-openstack/inventory.ts";
import { moments } from "./moments.ts";
import { writeReport } from "./report.ts";
import { unknownServers } from "./unknown-servers.ts";

/**
 * Repeated kills (kill -9) of a large creation. Each run continues where the previous one ended. The results are the number of runs and the
 * leaked objects.
 */
const { values } = parseArgs({
  options: {
    ...SERVER_OPTIONS,
    workers: { type: "string", default: "999" },
    "control-planes": { type: "string", default: "20" },
    moments: { type: "string", default: "10" },
    attempts: { type: "string", default: "3" },
    seed: { type: "string", default: "1" },
    checkpoints: { type: "string", default: "plain" },
  },
});
const workers = Number(values.workers);
const servers = workers + Number(values["control-planes"]);

const options = { checkpoints: firstCheckpointsOf(values.checkpoints) };
const result = await onNewStack(workers, values, options, killedInARow);
console.table(result.kills);
console.table(result.ups);
console.log("servers of which Pulumi knows nothing:", result.leaked, "\nleft after a destroy:", inWords(result.left));
writeReport(`scale-kills-${workers}`, { options: values, ...result });
const isRepaired = result.ups.at(-1)?.error === "none" && result.there.servers === servers;
if (!isRepaired || result.leaked !== 0 || Object.keys(result.left).length > 0) process.exitCode = 1;

async function killedInARow(stack: EngineStack, cloud: FakeCloud) {
  const kills = [];
  for (const count of moments(servers, Number(values.moments), Number(values.seed))) {
    kills.push(await step(`killed when there are ${count} servers`, () => killedAt(count, stack, cloud)));
  }
  const attempts = await step("up", () => stack.attempts(Number(values.attempts)));
  const ups = attempts.map(({ seconds, error }) => ({ seconds, error: error?.slice(-80) ?? "none" }));
  const there = objectsOf(cloud);
  const leaked = await unknownServers(stack, cloud);
  await step("no-op up", () => stack.up(["--expect-no-changes"]));
  await step("destroy", () => stack.destroy());
  return { kills, ups, there, leaked, left: difference(objectsOf(cloud), {}) };
}

async function killedAt(count: number, stack: EngineStack, cloud: FakeCloud) {
  const { store } = cloud.nova.servers;
  const started = Date.now();
  const isKilled = await stack.killedUp(() => store.size >= count);
  const seconds = Math.round((Date.now() - started) / 1000);
  return { killed: isKilled, seconds, servers: store.size, "Pulumi does not know": await unknownServers(stack, cloud) };
}
