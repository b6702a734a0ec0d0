import { spawn } from "node:child_process";
import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../devcloud/support/run.ts";

/** Set for the program inside: the folder for its temporary files. */
const INSIDE = "CARAVAN_SCALE_NAMESPACE";

/** unshare ends with this program, and with it all that runs inside. */
const UNSHARE = ["--pdeathsig", "KILL", "unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--"];

/** The first process of a PID namespace takes in those that others left behind: a shell does, Node.js does not. */
const FIRST_PROCESS = ["sh", "-c", '"$@"; exit "$?"', "sh"];

/**
 * Runs this program again in network, mount and PID namespaces of its own, in which every address of `ranges` is this machine, and ends with it. Returns inside of it.
 * Temporary files are in memory there and end with it, too, however it ends.
 */
export async function enterNamespace(ranges: readonly string[]): Promise<void> {
  const temporary = process.env[INSIDE];
  if (temporary === undefined) return runInside();
  // What is started from here may enter a namespace, too.
  delete process.env[INSIDE];
  await run("mount", ["-t", "tmpfs", "tmpfs", temporary], { deadline: 30 });
  process.env.TMPDIR = temporary;
  await ip("link", "set", "lo", "up");
  // The kernel answers for all addresses of a local route, so none has to be added one by one.
  for (const range of ranges) await ip("route", "add", "local", range, "dev", "lo");
}

/** Never returns: the process ends when the one inside does. */
function runInside(): Promise<never> {
  const temporary = mkdtempSync(join(tmpdir(), "caravan-scale-"));
  process.on("exit", () => rmdirSync(temporary));
  const program = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const inside = spawn("setpriv", [...UNSHARE, ...FIRST_PROCESS, ...program], {
    env: { ...process.env, [INSIDE]: temporary },
    stdio: "inherit",
  });
  // unshare itself ignores these while it waits.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => inside.kill("SIGKILL"));
  const { promise, reject } = Promise.withResolvers<never>();
  inside.on("error", (error) => reject(new Error(`namespaces cannot be made: ${error.message}; they need root and Debian's util-linux`)));
  inside.on("close", (code) => process.exit(code ?? 1));
  return promise;
}

function ip(...args: string[]): Promise<string> {
  return run("ip", args, { deadline: 30 });
}
