import { parseArgs } from "node:util";
import { step } from "../../devcloud/support/progress.ts";
import { writeReport } from "../bench/report.ts";
import { type EngineOptions, EngineStack, type Measured } from "./engine.ts";
import { row } from "./measured.ts";
import { FakeCloud } from "./openstack/fake-cloud.ts";
import { type ObjectStore, startObjectStore } from "./state/object-store.ts";

/** What each place of the state costs: a folder or an S3, written at each operation or at the end alone. */
const { values } = parseArgs({
  options: {
    workers: { type: "string", default: "100" },
    "control-planes": { type: "string", default: "3" },
    parallel: { type: "string", default: "64" },
    "builds-at-once": { type: "string", default: "1000" },
    "s3-milliseconds": { type: "string", default: "0,20" },
  },
});
const workers = Number(values.workers);

const rows: object[] = [];
const results: Record<string, Awaited<ReturnType<typeof measureBackend>>> = {};
await both("folder", undefined);
for (const milliseconds of values["s3-milliseconds"].split(",").map(Number)) {
  const store = await startObjectStore(milliseconds);
  try {
    await both(`S3, ${milliseconds} ms away`, store);
  } finally {
    await store.stop();
  }
}
console.log(`\n${workers} workers`);
console.table(rows);

/** Measures a backend with checkpoints and without. */
async function both(title: string, store: ObjectStore | undefined): Promise<void> {
  for (const skipCheckpoints of [false, true]) {
    const name = skipCheckpoints ? `${title}, PULUMI_SKIP_CHECKPOINTS` : title;
    const result = await step(name, () => measureBackend(skipCheckpoints, store));
    results[name] = result;
    for (const [kind, { store: requests, ...each }] of Object.entries(result.steps)) {
      rows.push({ backend: name, step: kind, "state MB": result.state.bytes / 1e6, ...row(each), ...requests });
    }
    writeReport(`scale-state-${workers}`, { workers, parallel: Number(values.parallel), results });
  }
}

async function measureBackend(skipCheckpoints: boolean, store: ObjectStore | undefined) {
  const cloud = new FakeCloud({ settings: { buildsAtOnce: Number(values["builds-at-once"]) } });
  await cloud.start();
  const config = { "scale:workers": workers, "scale:controlPlanes": Number(values["control-planes"]) };
  const options: EngineOptions = {
    config,
    parallel: Number(values.parallel),
    skipCheckpoints,
    ...(store ? { backend: store.backend } : {}),
  };
  const stack = await EngineStack.create(cloud, options);
  try {
    const create = await counted(store, () => stack.up());
    const state = await stack.state();
    const again = await counted(store, () => stack.up());
    return { state, steps: { create, "no-op": again } };
  } finally {
    await stack.remove();
    cloud.stop();
  }
}

/** A step, with its requests to the object store if there is one. */
async function counted(store: ObjectStore | undefined, work: () => Promise<Measured>) {
  store?.take();
  const measured = await work();
  return store ? { ...measured, store: store.take() } : { ...measured, store: {} };
}
