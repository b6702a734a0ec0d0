import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** Waits for a process id that a command writes into a file. */
export async function processIdIn(file: string): Promise<number> {
  await until(() => existsSync(file) && readFileSync(file, "utf8").endsWith("\n"), `${file} is written`);
  return Number(readFileSync(file, "utf8"));
}

export async function untilEnded(processId: number): Promise<void> {
  await until(() => !isRunning(processId), `process ${processId} ends`);
}

function isRunning(processId: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${processId}/status`, "utf8"));
  } catch {
    return false;
  }
}

async function until(holds: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`waited 20 s until ${what}`);
    await sleep(50);
  }
}
