import { parseArgs } from "node:util";
import { EngineStack } from "../engine/engine-stack.ts";
import { FakeCloud } from "../fake-openstack/fake-cloud.ts";
import type { FaultSettings } from "../fake-openstack/faults.ts";
import { DEVCLOUD } from "../fake-openstack/settings.ts";
import { reasonsOf } from "./reasons.ts";
import { writeReport } from "./report.ts";

/** Number of `pulumi up` runs until all servers exist on a cloud with transient failures, and the leaked objects. */
const { values } = parseArgs({
  options: {
    workers: { type: "string", default: "100" },
    "control-planes": { type: "string", default: "3" },
    seed: { type: "string", default: "1" },
    attempts: { type: "string", default: "3" },
    "error-servers": { type: "string", default: "0.01" },
    "server-errors": { type: "string", default: "0.02" },
    "cut-after": { type: "string", default: "0.02" },
    // With retries of its own, the plugin repeats a request whose answer was lost, and the first server is leaked.
    "max-retries": { type: "string", default: "0" },
  },
});
const workers = Number(values.workers);
const controlPlanes = Number(values["control-planes"]);
const serverPosts = "POST /compute/v2.1/servers";
const faults: Partial<FaultSettings> = {
  errorServers: Number(values["error-servers"]),
  requests: [
    { effect: { status: 429, retryAfter: 1 }, limit: 10, call: serverPosts },
    { effect: { status: 503 }, share: Number(values["server-errors"]) },
    { effect: "cut-after", share: Number(values["cut-after"]), call: serverPosts },
  ],
};

const cloud = new FakeCloud({ settings: { buildsAtOnce: DEVCLOUD.buildsAtOnce * 10 }, faults, seed: Number(values.seed) });
await cloud.start();
const config = { "scale:workers": workers, "scale:controlPlanes": controlPlanes, "openstack:maxRetries": Number(values["max-retries"]) };
const stack = await EngineStack.create(cloud, { config });
try {
  const result = await measure();
  console.table(result.attempts);
  console.log("there:", result.there, "\nservers in ERROR:", result.inError, "\nservers of which Pulumi knows nothing:", result.leaked);
  console.log("left after a destroy:", result.left ?? "not tried, because a subnet in use cannot be removed");
  writeReport(`scale-faults-${workers}`, result);
  if (result.leaked + result.inError > 0 || result.attempts.at(-1)?.failures !== "none") process.exitCode = 1;
} finally {
  await stack.remove();
  cloud.stop();
}

async function measure() {
  const attempts = [];
  for (let attempt = 1; attempt <= Number(values.attempts); attempt += 1) {
    const { seconds, error } = await stack.attempt();
    attempts.push({ seconds, servers: cloud.inventory.servers, failures: error ? failuresOf(error) : "none" });
    if (error === undefined) break;
  }
  const there = cloud.inventory;
  const leaked = cloud.nova.servers.store.size - workers - controlPlanes;
  const inError = cloud.nova.servers.store.all.filter(({ status }) => status !== "ACTIVE").length;
  // The plugin would wait ten minutes for a subnet with another server on it.
  if (leaked > 0) return { workers, controlPlanes, faults, attempts, there, inError, leaked };
  // The destroy is tested on a cloud without faults.
  cloud.faults.settings = { ...cloud.faults.settings, requests: [], errorServers: 0 };
  await stack.destroy();
  return { workers, controlPlanes, faults, attempts, there, inError, leaked, left: cloud.inventory };
}

/** Returns the reasons of failures, or the end of Pulumi's output when it names none. */
function failuresOf(output: string): string {
  const reasons = reasonsOf(output);
  return Object.keys(reasons).length > 0 ? JSON.stringify(reasons) : output.slice(-300);
}
