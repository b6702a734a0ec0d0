import { KubernetesCluster } from "../../../components/index.ts";
import { deploy } from "../../support/deploy.ts";
import { stackArgs } from "../../support/stack-config.ts";
import { writeReport } from "../report.ts";

/** Time and memory to plan the stack large: the program only, without Pulumi's engine and without a cloud. */
const args = stackArgs("large");
const loaded = { seconds: process.uptime(), megabytes: megabytes() };
const start = performance.now();
const plan = await deploy(() => new KubernetesCluster("large", args));
const result = {
  resources: plan.length,
  seconds: { loading: round(loaded.seconds), planning: round((performance.now() - start) / 1000) },
  megabytes: { loaded: loaded.megabytes, largest: megabytes() },
};

const rows = {
  resources: result.resources,
  "s for loading": result.seconds.loading,
  "s for planning": result.seconds.planning,
  "MB once loaded": result.megabytes.loaded,
  "MB at most": result.megabytes.largest,
};
console.log("\nplan of the stack large");
for (const [title, value] of Object.entries(rows)) console.log(`${String(value).padStart(8)}  ${title}`);
writeReport("preview-large", result);

/** Peak memory of this process so far, in megabytes. */
function megabytes(): number {
  return Math.round(process.resourceUsage().maxRSS / 1024);
}

function round(seconds: number): number {
  return Math.round(seconds * 100) / 100;
}
