import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { withLock } from "../support/lock.ts";
import { dataDir } from "../support/paths.ts";
import { step } from "../support/progress.ts";
import { run } from "../support/run.ts";
import type { Stage } from "./component.ts";
import { components, servicesOf } from "./components/index.ts";
import { discoverHosts } from "./components/nova.ts";
import { ensureDatabases } from "./databases.ts";
import { runTask, waitForPorts } from "./inside/index.ts";
import { lockFile } from "./lock-file.ts";
import { createNamespace, holder, insideServices, startTime } from "./namespace.ts";
import { ensurePasswords, type Passwords } from "./passwords.ts";
import { prepareFiles, prepareMachine } from "./prepare.ts";
import { startStage } from "./supervisor.ts";

const discoveryMarker = join(dataDir, "host-discovered");

/** Brings the cloud up, or finishes what an earlier run left undone; returns when it can be used. */
export async function up(): Promise<void> {
  await withLock(lockFile, 3600, async () => {
    if (holder() === undefined) await prepareMachine();
    const passwords = await ensurePasswords();
    await step("OpenStack", () => startServices(passwords));
  });
}

async function startServices(passwords: Passwords): Promise<void> {
  if (holder() === undefined) {
    await prepareFiles(passwords);
    await createNamespace();
  }
  await startStageAndWait("base");
  await step("databases", () => ensureDatabases(components, passwords));
  await startStageAndWait("identity");
  await runTask("catalogue");
  await startStageAndWait("control");
  await startStage("agents");
  await Promise.all([
    step("quota, flavors, external network", () => runTask("offer")),
    step("heartbeats of the services", waitForHeartbeats),
  ]);
}

async function startStageAndWait(stage: Stage): Promise<void> {
  await step(`services of stage "${stage}"`, async () => {
    await startStage(stage);
    await waitForPorts(servicesOf(stage).flatMap((service) => service.port ?? []));
  });
}

async function waitForHeartbeats(): Promise<void> {
  await runTask("ready", `${(await startTime()).getTime()}`);
  if (existsSync(discoveryMarker)) return;
  const [command, ...args] = insideServices(discoverHosts);
  await run(command!, args, { deadline: 60 });
  await writeFile(discoveryMarker, "");
}
