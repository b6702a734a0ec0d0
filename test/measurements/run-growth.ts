import { parseArgs } from "node:util";
import { step } from "../../devcloud/support/progress.ts";
import { type Measured, row } from "../engine/measured.ts";
import { onNewStack, SERVER_OPTIONS } from "../engine/servers-stack.ts";
import { type Checkpoints, checkpointsOf } from "../engine/state/checkpoints.ts";
import { exponent, exponents } from "./growth.ts";
import { writeReport } from "./report.ts";

/**
 * Growth of time and memory with the number of servers, when the file backend writes the state at each operation, compressed or not, and
 * when it writes only at the end.
 */
const { values } = parseArgs({
  options: {
    ...SERVER_OPTIONS,
    // So many that the waits for the cloud, which are linear, do not hide the growth of the engine's work.
    parallel: { type: "string", default: "256" },
    workers: { type: "string", default: "100,250,500,1019,2000" },
    checkpoints: { type: "string", default: "plain,none" },
    destroy: { type: "boolean", default: true },
  },
  allowNegative: true,
});
const sizes = values.workers.split(",").map(Number);
const variants = checkpointsOf(values.checkpoints);

const runs: Awaited<ReturnType<typeof measureSize>>[] = [];
for (const workers of sizes) {
  for (const checkpoints of variants) {
    runs.push(await step(`${workers} workers, checkpoints ${checkpoints}`, () => measureSize(workers, checkpoints)));
    // After each size, so that a run that is ended early still has results.
    writeReport("scale-growth", { options: values, runs, growth: growth() });
  }
}
console.table(runs.flatMap(({ workers, checkpoints, state, steps }) => rows(workers, checkpoints, state.bytes, steps)));
console.table(growth());

function measureSize(workers: number, checkpoints: Checkpoints) {
  return onNewStack(workers, values, { checkpoints, deadline: 3600 }, async (stack) => {
    const create = await step("create", () => stack.up());
    const state = await stack.state();
    const again = await step("no-op", () => stack.up());
    const destroy = values.destroy ? { destroy: await step("destroy", () => stack.destroy()) } : {};
    return { workers, checkpoints, state, steps: { create, "no-op": again, ...destroy } as Record<string, Measured> };
  });
}

function rows(workers: number, checkpoints: string, bytes: number, steps: Record<string, Measured>) {
  return Object.entries(steps).map(([title, each]) => ({ workers, checkpoints, "state MB": bytes / 1e6, step: title, ...row(each) }));
}

/** Computes exponents of each step's measurements, over all sizes and from each size to the next. */
function growth() {
  const steps = runs[0] ? Object.keys(runs[0].steps) : [];
  const measures = {
    seconds: ({ seconds }: Measured) => seconds,
    "engine CPU s": ({ processes }: Measured) => processes.engine?.cpuSeconds ?? 0,
    "engine MB": ({ processes }: Measured) => processes.engine?.megabytes ?? 0,
  };
  return variants.flatMap((checkpoints) =>
    steps.flatMap((name) =>
      Object.entries(measures).map(([measure, of]) => {
        const own = runs.filter((each) => each.checkpoints === checkpoints);
        const points = own.map(({ workers, steps }) => ({ size: workers, value: of(steps[name]!) }));
        return { step: name, checkpoints, of: measure, exponent: exponent(points), "from size to size": exponents(points).join(" ") };
      }),
    ),
  );
}
