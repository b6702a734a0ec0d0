import { spawn } from "node:child_process";
import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../devcloud/support/run.ts";

/** Variable of the program inside: the folder for its temporary files. */
const INSIDE = "CARAVAN_SCALE_NAMESPACE";

/** Command that ends with this program, and ends everything inside with it. */
const UNSHARE = ["--pdeathsig", "KILL", "unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--"];

/** First process of the PID namespace. It must reap orphaned processes, which a shell does and Node.js does not. */
const FIRST_PROCESS = ["sh", "-c", '"$@"; exit "$?"', "sh"];

/**
 * Runs this program again in its own network, mount and PID namespaces, and ends with it. Inside, every address of `ranges` is this
 * machine. It returns only inside. Temporary files are in memory there, and are always removed at the end.
 */
export async function enterNamespace(ranges: readonly string[]): Promise<void> {
  const temporary = process.env[INSIDE];
  if (temporary === undefined) return runInside();
  // Programs that are started from here may enter a namespace, too.
  delete process.env[INSIDE];
  await run("mount", ["-t", "tmpfs", "tmpfs", temporary], { deadline: 30 });
  process.env.TMPDIR = temporary;
  await ip("link", "set", "lo", "up");
  // The kernel answers for all addresses of a local route, so they need not be added one by one.
  for (const range of ranges) await ip("route", "add", "local", range, "dev", "lo");
}

/** Runs the program inside. Never returns: this process ends with the one inside. */
function runInside(): Promise<never> {
  const temporary = mkdtempSync(join(tmpdir(), "caravan-scale-"));
  process.on("exit", () => rmdirSync(temporary));
  const program = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const inside = spawn("setpriv", [...UNSHARE, ...FIRST_PROCESS, ...program], {
    env: { ...process.env, [INSIDE]: temporary },
    stdio: "inherit",
  });
  // unshare itself ignores these signals while it waits.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => inside.kill("SIGKILL"));
  const { promise, reject } = Promise.withResolvers<never>();
  inside.on("error", (error) => reject(new Error(`namespaces cannot be made: ${error.message}; they need root and Debian's util-linux`)));
  inside.on("close", (code) => process.exit(code ?? 1));
  return promise;
}

function ip(...args: string[]): Promise<string> {
  return run("ip", args, { deadline: 30 });
}
