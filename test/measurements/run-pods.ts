import { parseArgs } from "node:util";
import { controlPlaneTools } from "../hollow-nodes/control-plane/tools.ts";
import { enterNamespace } from "./namespace.ts";
import type { SettingsName } from "./pods/cluster-files.ts";
import { type PodRun, type PodRunArgs, runPods } from "./pods/pod-run.ts";
import { printRuns } from "./pods/pod-tables.ts";
import { writeReport } from "./report.ts";

/** Rates at which a real control plane starts pods on hollow nodes, with the settings of the library's profile and with Kubernetes' own. */
const { values } = parseArgs({
  options: {
    nodes: { type: "string", default: "1019" },
    pods: { type: "string", default: "50000" },
    settings: { type: "string", default: "profile" },
    percentage: { type: "string" },
    zones: { type: "string" },
    "limit-seconds": { type: "string" },
    compare: { type: "boolean", default: false },
  },
});

/** Network of the nodes. */
const NETWORK = "10.64.0.0/16";

/** Default limit in seconds for all pods. */
const LIMIT = 3_600;

/** Seconds that show the rate of the defaults. All 50,000 pods would take 42 minutes. */
const DEFAULTS_LIMIT = 300;

/** Number of pods that shows how long the scheduler takes for one. */
const PERCENTAGE_PODS = 5_000;

const zones = values.zones === undefined ? undefined : Number(values.zones);
const size = { nodes: Number(values.nodes), pods: Number(values.pods), zones };
const limit = Number(values["limit-seconds"] ?? LIMIT);

// Missing programs are built here, where the registries can be reached.
await controlPlaneTools();
await enterNamespace([NETWORK]);

const runs: PodRun[] = [];
try {
  for (const args of values.compare ? comparison() : [oneRun()]) runs.push(await runPods(args));
} finally {
  if (runs.length > 0) report();
}

function oneRun(): PodRunArgs {
  const { settings, percentage } = values;
  if (settings !== "profile" && settings !== "defaults") throw new Error(`--settings ${settings} is unknown; use profile or defaults`);
  return { ...size, settings, percentage: percentage === undefined ? undefined : percentageOf(percentage), limit };
}

function comparison(): PodRunArgs[] {
  const whole = (settings: SettingsName, limit: number): PodRunArgs => ({ ...size, settings, limit });
  const few = { ...size, pods: Math.min(PERCENTAGE_PODS, size.pods) };
  const shares = ["5", "10", "default", "100"].map(percentageOf);
  return [
    whole("defaults", Math.min(limit, DEFAULTS_LIMIT)),
    whole("profile", limit),
    { ...whole("profile", limit), zones: 1 },
    ...shares.map((percentage): PodRunArgs => ({ ...few, settings: "profile", percentage, limit })),
  ];
}

/** Parses a percentage. 0 is the scheduler's default. */
function percentageOf(text: string): number {
  const percentage = text === "default" ? 0 : Number(text);
  if (!(percentage >= 0 && percentage <= 100)) throw new Error(`--percentage ${text} is none; use 1 to 100 or default`);
  return percentage;
}

function report(): void {
  printRuns(runs);
  console.log(
    "kwok simulates the kubelets, and all files, including etcd's data, are in memory. Otherwise the control plane is the library's.",
  );
  const what = values.compare ? "compare" : values.settings;
  writeReport(`pods-${what}-${size.nodes}-${size.pods}`, { size, runs });
}
