import { isDeepStrictEqual, parseArgs } from "node:util";
import { step } from "../../devcloud/support/progress.ts";
import { EngineStack, type Measured } from "../engine/engine-stack.ts";
import { row } from "../engine/measured.ts";
import { SERVER_OPTIONS, serverConfig } from "../engine/servers-stack.ts";
import { firstCheckpointsOf } from "../engine/state/checkpoints.ts";
import { FakeCloud } from "../fake-openstack/fake-cloud.ts";
import { objectsOf } from "../fake-openstack/inventory.ts";
import { writeReport } from "./report.ts";
import { compared, type Pair } from "./terraform/comparison.ts";
import { TerraformStack } from "./terraform/terraform-stack.ts";

/**
 * The same servers by this library's Pulumi program and by hand-written Terraform, step by step in turn, each on its own fake OpenStack.
 */
const { values } = parseArgs({
  options: {
    ...SERVER_OPTIONS,
    workers: { type: "string", default: "999" },
    "control-planes": { type: "string", default: "20" },
    more: { type: "string", default: "20" },
    checkpoints: { type: "string", default: "plain" },
    check: { type: "boolean", default: false },
  },
});
const workers = Number(values.workers);
const controlPlanes = Number(values["control-planes"]);
const more = Number(values.more);
const parallel = Number(values.parallel);
const checkpoints = firstCheckpointsOf(values.checkpoints);

const settings = { buildsAtOnce: Number(values["builds-at-once"]) };
const clouds = { pulumi: new FakeCloud({ settings }), terraform: new FakeCloud({ settings }) };
for (const cloud of Object.values(clouds)) await cloud.start();
const pulumi = await EngineStack.create(clouds.pulumi, { config: serverConfig(workers, values), parallel, checkpoints });
const terraform = await TerraformStack.create(clouds.terraform, { variables: terraformSizes(workers), parallel });
try {
  const result = await measureAll();
  print(result);
  writeReport(`scale-terraform-${workers}-${checkpoints}`, result);
} finally {
  await Promise.all([pulumi.remove(), terraform.remove()]);
  for (const cloud of Object.values(clouds)) cloud.stop();
}

async function measureAll() {
  const steps: Record<string, Pair> = {};
  const pair = async (title: string, byPulumi: () => Promise<Measured>, byTerraform: () => Promise<Measured>) => {
    const pulumi = await step(`${title} by Pulumi`, byPulumi);
    steps[title] = { pulumi, terraform: await step(`${title} by Terraform`, byTerraform) };
  };

  await pair(
    "plan",
    () => pulumi.preview(),
    () => terraform.plan(),
  );
  await pair(
    "create",
    () => pulumi.up(),
    () => terraform.apply(),
  );
  const state = { pulumi: await pulumi.state(), terraform: await terraform.state() };
  const made = sameObjects();
  await pair(
    "no-op from the state",
    () => pulumi.up(),
    () => terraform.apply(["-refresh=false"]),
  );
  await pair(
    "no-op that asks the cloud",
    () => pulumi.up(["--refresh"]),
    () => terraform.apply(),
  );
  await pulumi.configure(serverConfig(workers + more, values));
  await terraform.configure(terraformSizes(workers + more));
  await pair(
    `${more} more workers`,
    () => pulumi.up(),
    () => terraform.apply(),
  );
  const urn = await pulumi.urn("openstack:compute/instance:Instance", "scale-workers-0");
  const address = 'openstack_compute_instance_v2.worker["0"]';
  await pair(
    "one replaced",
    () => pulumi.up(["--replace", urn]),
    () => terraform.apply([`-replace=${address}`]),
  );
  await pair(
    "destroy",
    () => pulumi.destroy(),
    () => terraform.destroy(),
  );
  const left = { pulumi: clouds.pulumi.inventory, terraform: clouds.terraform.inventory };
  return { workers, controlPlanes, parallel, checkpoints, state, made, left, comparison: compared(steps), steps };
}

/** Returns the objects of both, which must be the same so that times can be compared. */
function sameObjects(): Record<string, number> {
  const [byPulumi, byTerraform] = [clouds.pulumi, clouds.terraform].map(objectsOf);
  if (isDeepStrictEqual(byPulumi, byTerraform)) return byPulumi!;
  throw new Error(
    `Pulumi made ${JSON.stringify(byPulumi)}, Terraform ${JSON.stringify(byTerraform)}: test/measurements/terraform/main.tf must make the same`,
  );
}

function print({ state, comparison, steps, left }: Awaited<ReturnType<typeof measureAll>>): void {
  console.log(`\n${workers} workers and ${controlPlanes} control planes, ${parallel} operations at a time`);
  console.table(comparison);
  for (const tool of ["pulumi", "terraform"] as const) {
    console.log(`\n${tool}: state ${(state[tool].bytes / 1e6).toFixed(2)} MB, ${state[tool].resources} resources`);
    console.table(Object.fromEntries(Object.entries(steps).map(([title, pair]) => [title, row(pair[tool])])));
  }
  console.log("left:", left);
  const { ratio } = comparison.create!;
  if (ratio <= 1) return;
  console.log(`target missed: the creation takes ${ratio} times as long as by Terraform`);
  if (values.check) process.exitCode = 1;
}

function terraformSizes(count: number): Record<string, number> {
  return { workers: count, control_planes: controlPlanes };
}
