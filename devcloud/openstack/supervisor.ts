import { existsSync } from "node:fs";
import { join } from "node:path";
import { dataDir, runDir } from "../support/paths.ts";
import { run } from "../support/run.ts";
import type { Part, Stage } from "./component.ts";
import { configurationPath } from "./configuration.ts";

/** Socket of supervisord. */
export const supervisorSocket = join(runDir, "supervisor.sock");

/** State of a service, as supervisord reports it. */
export interface ServiceState {
  stage: string;
  name: string;
  /** RUNNING, STARTING, STOPPED, BACKOFF, FATAL and so on. */
  state: string;
  detail: string;
}

/** Returns the path of a service's log. */
export function logFile(service: string): string {
  return join(dataDir, "log", `${service}.log`);
}

/** Makes supervisord load a stage of the configuration file that it did not have when it started. */
export async function addStage(stage: Part): Promise<void> {
  if ((await serviceStates()).some((state) => state.stage === stage)) return;
  await control("reread");
  await control("add", stage);
}

/** Starts the services of a stage that do not run. */
export async function startStage(stage: Stage | Part): Promise<void> {
  await control("start", `${stage}:*`);
}

/** Stops one service, in whichever stage supervisord has it. */
export async function stopService(name: string): Promise<void> {
  const service = (await serviceStates()).find((state) => state.name === name);
  if (service !== undefined) await control("stop", `${service.stage}:${name}`);
}

/** Stops all services at once and waits for their end. */
export async function stopServices(): Promise<void> {
  await control("stop", "all");
}

/** Returns the state of every service, and nothing when supervisord does not run. */
export async function serviceStates(): Promise<ServiceState[]> {
  if (!existsSync(supervisorSocket)) return [];
  // Exit code 3 only means that some service does not run.
  const status = 'supervisorctl --configuration "$1" status || [ $? = 3 ]';
  return parseStates(await run("sh", ["-c", status, "sh", configurationPath("supervisord.conf")], { deadline: 60 }));
}

/** Parses the table that `supervisorctl status` prints. */
export function parseStates(table: string): ServiceState[] {
  return table.split("\n").flatMap((line) => {
    const match = /^(\S+):(\S+)\s+([A-Z]+)\s*(.*)$/.exec(line);
    return match ? [{ stage: match[1]!, name: match[2]!, state: match[3]!, detail: match[4]! }] : [];
  });
}

async function control(...command: string[]): Promise<string> {
  return run("supervisorctl", ["--configuration", configurationPath("supervisord.conf"), ...command], { deadline: 60 });
}
