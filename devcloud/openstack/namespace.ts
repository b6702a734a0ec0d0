import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, readlinkSync } from "node:fs";
import { rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { dataDir, runDir } from "../support/paths.ts";
import { poll } from "./poll.ts";
import { supervisorSocket } from "./supervisor.ts";

const pidFile = join(runDir, "namespace.pid");
const script = fileURLToPath(new URL("namespace.sh", import.meta.url));
const wrappers = fileURLToPath(new URL("wrappers", import.meta.url));
const log = join(dataDir, "log", "supervisord.log");

/**
 * Prefix of a command line that ends the command when this process is killed, so that an interrupted run does not continue beside the next.
 */
export const endWithParent = ["setpriv", "--pdeathsig", "KILL", "--"];

/** resolv.conf for commands in the cloud's network. It exists once the cloud has a name server. */
export const resolverFile = join(runDir, "resolv.conf");

/** Command line that runs a command in the cloud's network, with the host's files and processes. */
export function insideNamespace(command: readonly string[]): string[] {
  return ["nsenter", `--target=${requireHolder()}`, "--net", "--", ...withResolver(command)];
}

// The host's own name servers cannot be reached from the cloud's network.
function withResolver(command: readonly string[]): readonly string[] {
  if (!existsSync(resolverFile)) return command;
  return ["unshare", "--mount", "--", "sh", "-c", 'mount --bind "$0" /etc/resolv.conf && exec "$@"', resolverFile, ...command];
}

/** Command line that runs a command in the same environment as the cloud's services: their network, mounts, processes and host name. */
export function insideServices(command: readonly string[]): string[] {
  const holder = requireHolder();
  return ["nsenter", `--target=${holder}`, "--net", "--mount", "--uts", `--pid=/proc/${holder}/ns/pid_for_children`, "--", ...command];
}

/** Returns the path under which this process sees a file in the services' own mounts. */
export function insideMounts(path: string): string {
  return `/proc/${requireHolder()}/root${path}`;
}

/** Environment variables of the cloud's clients. */
export function environment(): Record<string, string> {
  return { OS_CLOUD: "devcloud", OS_CLIENT_CONFIG_FILE: join(dataDir, "clouds.yaml"), no_proxy: "*", NO_PROXY: "*" };
}

/** Returns the id of the process that holds the namespaces, if they exist. */
export function holder(): number | undefined {
  if (!existsSync(pidFile)) return undefined;
  const pid = Number(readFileSync(pidFile, "utf8"));
  return holdsNamespace(pid) ? pid : undefined;
}

/** Returns the time at which the namespaces were created. */
export async function startTime(): Promise<Date> {
  return (await stat(pidFile)).mtime;
}

/** Creates the namespaces, with supervisord in them. */
export async function createNamespace(): Promise<void> {
  const output = openSync(log, "a");
  const namespaces = ["--net", "--mount", "--uts", "--pid", "--fork", "--kill-child"];
  const child = spawn("unshare", [...namespaces, "--", script, dataDir, runDir, wrappers], {
    // Services outlive the checkout that started them. Without an existing folder, some do not start, such as haproxy.
    cwd: "/",
    detached: true,
    stdio: ["ignore", output, output],
    env: { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", HOME: "/root", LANG: "C.UTF-8" },
  });
  closeSync(output);
  child.unref();
  await writeFile(pidFile, `${child.pid}`);
  await poll("supervisord starts", 20, async () => {
    if (child.exitCode !== null) throw new Error(`the namespace could not be made, see ${log}:\n${readFileSync(log, "utf8").slice(-2000)}`);
    return existsSync(supervisorSocket);
  });
}

/** Ends the namespaces and every process in them. */
export async function destroyNamespace(): Promise<void> {
  const pid = holder();
  if (pid !== undefined) {
    process.kill(pid, "SIGKILL");
    await poll("the namespace's processes end", 30, async () => !existsSync(`/proc/${pid}`));
  }
  await rm(pidFile, { force: true });
}

function requireHolder(): number {
  const pid = holder();
  if (pid === undefined) throw new Error("devcloud is not running; start it with: npm run devcloud -- up");
  return pid;
}

function holdsNamespace(pid: number): boolean {
  try {
    // Process ids are reused after a restart of the machine. Only our `unshare` has children in another PID namespace.
    const command = readFileSync(`/proc/${pid}/comm`, "utf8").trim();
    return command === "unshare" && readlinkSync(`/proc/${pid}/ns/pid_for_children`) !== readlinkSync("/proc/self/ns/pid");
  } catch {
    return false;
  }
}
