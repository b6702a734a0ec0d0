import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { installPackages } from "../support/apt.ts";
import { dataDir, runDir } from "../support/paths.ts";
import { step } from "../support/progress.ts";
import { run } from "../support/run.ts";
import { type Part, parts } from "./component.ts";
import { components, optional, servicesOf } from "./components/index.ts";
import { configurationPath, writeConfiguration } from "./configuration.ts";
import { ensureMoreDatabases } from "./databases.ts";
import { ensureOwnedDirectory, writeOwned } from "./files.ts";
import { runTask, waitForPorts } from "./inside/index.ts";
import { insideServices, resolverFile } from "./namespace.ts";
import { ensurePasswords } from "./passwords.ts";
import { addStage, serviceStates, startStage } from "./supervisor.ts";
import { supervisorConfiguration } from "./supervisor-configuration.ts";

// `down` removes this folder, and with it the list of requested parts.
const dir = join(runDir, "parts");

/** Lists the optional parts that were requested since the cloud started. */
export function wantedParts(): Part[] {
  return parts.filter((part) => existsSync(join(dir, part)));
}

/** Starts optional parts beside the running services, and completes those that an interrupted run left unfinished. */
export async function startParts(requested: readonly Part[]): Promise<void> {
  await mkdir(dir, { recursive: true });
  for (const part of requested) await writeFile(join(dir, part), "");
  for (const part of wantedParts()) if (!(await runs(part))) await step(part, () => startPart(part));
}

async function runs(part: Part): Promise<boolean> {
  const states = (await serviceStates()).filter(({ stage }) => stage === part);
  return existsSync(readyMarker(part)) && states.length > 0 && states.every(({ state }) => state === "RUNNING");
}

async function startPart(part: Part): Promise<void> {
  const { packages, folders = {}, configuration = [], prepare, roles = [], completion = [], nameServer } = optional[part];
  const passwords = await ensurePasswords();
  await installPackages(packages, join(dataDir, "log", "apt.log"));
  for (const [folder, owner] of Object.entries(folders)) await ensureOwnedDirectory(join(dataDir, folder), owner);
  await writeConfiguration(configuration, passwords);
  await prepare?.();
  await step(`database of ${part}`, () => ensureMoreDatabases(part, optional[part], passwords));
  await Promise.all([runTask("catalogue", ...wantedParts()), runTask("roles", ...roles), startServicesOf(part)]);
  for (const command of completion) await runInServices(command);
  if (nameServer !== undefined) await writeFile(resolverFile, `nameserver ${nameServer}\n`);
  await writeFile(readyMarker(part), "");
}

async function startServicesOf(part: Part): Promise<void> {
  const running = [...components, ...wantedParts().map((wanted) => optional[wanted])];
  await writeOwned(configurationPath("supervisord.conf"), supervisorConfiguration(running.flatMap(({ services }) => services)));
  await addStage(part);
  await startStage(part);
  await waitForPorts(servicesOf(part).flatMap(({ port }) => port ?? []));
}

async function runInServices(words: readonly string[]): Promise<void> {
  const [command, ...args] = insideServices(words);
  await run(command!, args, { deadline: 120 });
}

function readyMarker(part: Part): string {
  return join(dir, `${part}.ready`);
}
