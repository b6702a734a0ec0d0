import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";

/** Program that handles errors as Pulumi's runtime does. */
const RUNTIME = "process.on('uncaughtException', (error) => console.error(error)); setInterval(() => console.error('working'), 50);";

/** Milliseconds for a program to end after its reader is gone. */
const PATIENCE = 3_000;

/** Runs a program, closes its output, and returns how it ended or was killed. */
async function endOf(program: string): Promise<number | NodeJS.Signals> {
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], { stdio: ["ignore", "pipe", "pipe"] });
  await once(child.stderr, "data");
  child.stdout.destroy();
  child.stderr.destroy();
  const timer = setTimeout(() => child.kill("SIGKILL"), PATIENCE);
  const [code, signal] = await once(child, "exit");
  clearTimeout(timer);
  return code ?? signal;
}

it("ends the program when nobody reads its output; without it the program goes on", async () => {
  const file = new URL("../../../operations/run/end-with-engine.ts", import.meta.url);
  expect(await endOf(RUNTIME)).toBe("SIGKILL");
  expect(await endOf(`import { endWithEngine } from ${JSON.stringify(file.href)}; endWithEngine(); ${RUNTIME}`)).toBe(1);
});
