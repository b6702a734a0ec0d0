import { parseArgs } from "node:util";
import { step } from "../../devcloud/support/progress.ts";
import { writeReport } from "../bench/report.ts";
import { type Measured, row } from "./measured.ts";
import { onNewStack, SERVER_OPTIONS } from "./new-stack.ts";
import type { StoreRequests } from "./state/counting-proxy.ts";
import { type ObjectStore, startObjectStore } from "./state/object-store.ts";

/** What each place of the state costs: a folder or an S3, written at each operation or at the end alone. */
const { values } = parseArgs({
  options: {
    ...SERVER_OPTIONS,
    workers: { type: "string", default: "100" },
    "s3-milliseconds": { type: "string", default: "0,20" },
  },
});
const workers = Number(values.workers);

const rows: object[] = [];
const results: Record<string, Awaited<ReturnType<typeof measureBackend>>> = {};
await both("folder", (skipCheckpoints) => measureBackend(skipCheckpoints));
for (const milliseconds of values["s3-milliseconds"].split(",").map(Number)) {
  await both(`S3, ${milliseconds} ms away`, (skipCheckpoints) => inObjectStore(milliseconds, skipCheckpoints));
}
console.log(`\n${workers} workers`);
console.table(rows);

/** Measures a backend with checkpoints and without. */
async function both(title: string, work: (skipCheckpoints: boolean) => ReturnType<typeof measureBackend>): Promise<void> {
  for (const skipCheckpoints of [false, true]) {
    const name = skipCheckpoints ? `${title}, PULUMI_SKIP_CHECKPOINTS` : title;
    const result = await step(name, () => work(skipCheckpoints));
    results[name] = result;
    for (const [kind, { store, ...each }] of Object.entries(result.steps)) {
      rows.push({ backend: name, step: kind, "state MB": result.state.bytes / 1e6, ...row(each), ...store });
    }
    writeReport(`scale-state-${workers}`, { workers, options: values, results });
  }
}

async function inObjectStore(milliseconds: number, skipCheckpoints: boolean) {
  const store = await startObjectStore(milliseconds);
  try {
    return await measureBackend(skipCheckpoints, store);
  } finally {
    await store.stop();
  }
}

function measureBackend(skipCheckpoints: boolean, store?: ObjectStore) {
  const options = { skipCheckpoints, ...(store ? { backend: store.backend } : {}) };
  return onNewStack(workers, values, options, async (stack) => {
    const create = await counted(() => stack.up(), store);
    const state = await stack.state();
    const again = await counted(() => stack.up(), store);
    return { state, steps: { create, "no-op": again } };
  });
}

/** A step, with its requests to the object store if there is one. */
async function counted(work: () => Promise<Measured>, store?: ObjectStore): Promise<Measured & { store: Partial<StoreRequests> }> {
  store?.take();
  const measured = await work();
  return { ...measured, store: store?.take() ?? {} };
}
