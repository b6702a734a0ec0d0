import { existsSync } from "node:fs";
import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { chartRepository } from "../image/charts.ts";
import { nodeImage } from "../image/node-image.ts";
import { withLock } from "../support/lock.ts";
import { dataDir, runDir } from "../support/paths.ts";
import { step } from "../support/progress.ts";
import { run } from "../support/run.ts";
import { type Part, type Stage, stages } from "./component.ts";
import { chartsDir } from "./components/charts.ts";
import { components, servicesOf } from "./components/index.ts";
import { discoverHosts } from "./components/nova.ts";
import { databasesExist, ensureDatabases } from "./databases.ts";
import { endNamespace } from "./end-namespace.ts";
import { cacheImage } from "./image-cache.ts";
import { runTask, waitForPorts } from "./inside/index.ts";
import { lockFile } from "./lock-file.ts";
import { createNamespace, holder, insideServices, startTime } from "./namespace.ts";
import { startParts, wantedParts } from "./parts.ts";
import { ensurePasswords } from "./passwords.ts";
import { installServices, prepareFiles, requireMachine } from "./prepare.ts";
import { serviceStates, startStage } from "./supervisor.ts";

const discoveryMarker = join(dataDir, "host-discovered");
const readyMarker = join(runDir, "ready");

/**
 * Starts the cloud, or finishes what an earlier run left unfinished. It returns when servers can be created from the image `node` and the
 * requested optional parts run, including those requested earlier since the cloud started.
 */
export async function up({ parts = [] }: { parts?: readonly Part[] } = {}): Promise<void> {
  await withLock(lockFile, 3600, async () => {
    if (holder() === undefined) await requireMachine();
    const [image] = await Promise.all([nodeImage(), provideCharts(), startOpenStack()]);
    await step("image of the nodes", () => uploadImage(image));
    await startParts(parts);
  });
}

async function uploadImage({ file, hash }: { file: string; hash: string }): Promise<void> {
  await cacheImage(await runTask("image", file, hash), file);
}

async function provideCharts(): Promise<void> {
  const { dir } = await chartRepository();
  await cp(dir, chartsDir, { recursive: true });
}

async function startOpenStack(): Promise<void> {
  if (existsSync(readyMarker) && (await everythingRuns())) return;
  await step("OpenStack", startServices);
  await writeFile(readyMarker, "");
}

async function everythingRuns(): Promise<boolean> {
  if (holder() === undefined) return false;
  const states = await serviceStates();
  return stages.every((stage) =>
    servicesOf(stage).every(({ name }) => states.some((each) => each.name === name && each.state === "RUNNING")),
  );
}

async function startServices(): Promise<void> {
  const passwords = await ensurePasswords();
  // An interrupted database migration cannot be continued, so an interrupted first start begins again.
  if (holder() !== undefined && !databasesExist()) await endNamespace();
  if (holder() === undefined) {
    await installServices();
    await prepareFiles(passwords);
    await createNamespace();
  }
  await startStageAndWait("base");
  await step("databases", () => ensureDatabases(components, passwords));
  await startStageAndWait("identity");
  await runTask("catalogue", ...wantedParts());
  await startStageAndWait("control");
  await startStage("agents");
  await Promise.all([
    step("quota, flavors and external network", () => runTask("project")),
    step("first reports of the agents", waitForReports),
  ]);
}

async function startStageAndWait(stage: Stage): Promise<void> {
  await step(`services of stage "${stage}"`, async () => {
    await startStage(stage);
    await waitForPorts(servicesOf(stage).flatMap((service) => service.port ?? []));
  });
}

async function waitForReports(): Promise<void> {
  await runTask("ready", `${(await startTime()).getTime()}`);
  if (existsSync(discoveryMarker)) return;
  const [command, ...args] = insideServices(discoverHosts);
  await run(command!, args, { deadline: 60 });
  await writeFile(discoveryMarker, "");
}
