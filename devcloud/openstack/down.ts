import { rm } from "node:fs/promises";
import { withLock } from "../support/lock.ts";
import { runDir } from "../support/paths.ts";
import { step } from "../support/progress.ts";
import { endNamespace } from "./end-namespace.ts";
import { lockFile } from "./lock-file.ts";
import { holder } from "./namespace.ts";
import { stopService, stopServices } from "./supervisor.ts";

/** Stops the cloud with all its instances, keeping their disks and the databases for the next `up`. */
export async function down(): Promise<void> {
  await withLock(lockFile, 3600, stop);
}

async function stop(): Promise<void> {
  if (holder() !== undefined) await step("stopping OpenStack", stopProcesses);
  await rm(runDir, { recursive: true, force: true });
}

async function stopProcesses(): Promise<void> {
  // nova-compute is stopped first. Otherwise it would record that the owners stopped their instances, and would not start them again.
  await stopService("nova-compute");
  await stopServices();
  await endNamespace();
}
