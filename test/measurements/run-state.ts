import { parseArgs } from "node:util";
import { step } from "../../devcloud/support/progress.ts";
import { type Measured, row } from "../engine/measured.ts";
import { onNewStack, SERVER_OPTIONS } from "../engine/servers-stack.ts";
import { type Checkpoints, checkpointsOf } from "../engine/state/checkpoints.ts";
import { writeReport } from "./report.ts";
import type { StoreRequests } from "./state/counting-proxy.ts";
import { type ObjectStore, startObjectStore } from "./state/object-store.ts";

/**
 * Costs of the places of a state, a folder and an S3 store, when it is written at each operation, compressed or not, and only at the end.
 */
const { values } = parseArgs({
  options: {
    ...SERVER_OPTIONS,
    workers: { type: "string", default: "100" },
    "s3-milliseconds": { type: "string", default: "0,20" },
    checkpoints: { type: "string", default: "plain,compressed,none" },
  },
});
const workers = Number(values.workers);

const rows: object[] = [];
const results: Record<string, Awaited<ReturnType<typeof measureBackend>>> = {};
for (const checkpoints of checkpointsOf(values.checkpoints)) {
  await measured("folder", checkpoints, () => measureBackend(checkpoints));
  for (const milliseconds of values["s3-milliseconds"].split(",").map(Number)) {
    await measured(`S3, ${milliseconds} ms away`, checkpoints, () => inObjectStore(milliseconds, checkpoints));
  }
}
console.log(`\n${workers} workers`);
console.table(rows);

async function measured(backend: string, checkpoints: Checkpoints, work: () => ReturnType<typeof measureBackend>): Promise<void> {
  const name = `${backend}, checkpoints ${checkpoints}`;
  const result = await step(name, work);
  results[name] = result;
  for (const [kind, { store, ...each }] of Object.entries(result.steps)) {
    rows.push({ backend: name, step: kind, "state MB": result.state.bytes / 1e6, ...row(each), ...store });
  }
  writeReport(`scale-state-${workers}`, { workers, options: values, results });
}

async function inObjectStore(milliseconds: number, checkpoints: Checkpoints) {
  const store = await startObjectStore(milliseconds);
  try {
    return await measureBackend(checkpoints, store);
  } finally {
    await store.stop();
  }
}

function measureBackend(checkpoints: Checkpoints, store?: ObjectStore) {
  const options = { checkpoints, ...(store ? { backend: store.backend } : {}) };
  return onNewStack(workers, values, options, async (stack) => {
    const create = await counted(() => stack.up(), store);
    const state = await stack.state();
    const again = await counted(() => stack.up(), store);
    return { state, steps: { create, "no-op": again } };
  });
}

/** Runs a step, and counts its requests to the object store, if one is used. */
async function counted(work: () => Promise<Measured>, store?: ObjectStore): Promise<Measured & { store: Partial<StoreRequests> }> {
  store?.take();
  const measured = await work();
  return { ...measured, store: store?.take() ?? {} };
}
