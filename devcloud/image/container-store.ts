import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { installPackages } from "../support/apt.ts";
import { run, succeeds } from "../support/run.ts";

// The kubelet sees only images of this containerd namespace.
const namespace = "k8s.io";

/** Unpacks the images of an OCI image layout into the containerd store of a node's file tree. */
export async function importImages(layout: string, root: string, log: string): Promise<void> {
  await installPackages(["containerd"], log);
  // Not in the cache folder: a socket's path has at most 107 characters.
  const stateDir = await mkdtemp(join(tmpdir(), "caravan-containerd-"));
  const socket = join(stateDir, "containerd.sock");
  const daemon = await startContainerd(root, stateDir, socket, log);
  try {
    await waitUntilServing(daemon, socket, log);
    const pipe = 'tar --create --directory="$1" . | ctr --address "$2" --namespace "$3" images import -';
    await run("bash", ["-o", "pipefail", "-c", pipe, "import", layout, socket, namespace], { deadline: 900, log });
    // The layers are unpacked now. Their archives would only double the size of every node.
    await run("ctr", ["--address", socket, "--namespace", namespace, "content", "prune", "references"], { deadline: 300, log });
  } finally {
    await stop(daemon);
    await rm(stateDir, { recursive: true, force: true });
  }
}

/** Configuration of a containerd that only keeps images below `root`. */
export function storeConfiguration(root: string, stateDir: string, socket: string): string {
  return [
    "version = 2",
    `root = ${JSON.stringify(join(root, "var/lib/containerd"))}`,
    `state = ${JSON.stringify(join(stateDir, "state"))}`,
    'disabled_plugins = ["io.containerd.grpc.v1.cri"]',
    "[grpc]",
    `address = ${JSON.stringify(socket)}`,
    "",
  ].join("\n");
}

async function startContainerd(root: string, stateDir: string, socket: string, log: string): Promise<ChildProcess> {
  const config = join(stateDir, "config.toml");
  await writeFile(config, storeConfiguration(root, stateDir, socket));
  const output = openSync(log, "a");
  // It has its own mount namespace and is killed with this process, so that an interrupted run leaves neither mounts nor a containerd.
  const command = ["--pdeathsig", "KILL", "unshare", "--mount", "--", "containerd", "--config", config];
  const daemon = spawn("setpriv", command, { stdio: ["ignore", output, output] });
  closeSync(output);
  return daemon;
}

async function waitUntilServing(daemon: ChildProcess, socket: string, log: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (await succeeds("ctr", ["--address", socket, "version"], { deadline: 10 })) return;
    if (daemon.exitCode !== null) throw new Error(`containerd ended with exit code ${daemon.exitCode}: see ${log}`);
    await sleep(200);
  }
  throw new Error(`containerd did not answer on ${socket} within 20 s: see ${log}`);
}

async function stop(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null || daemon.signalCode !== null) return;
  const ended = once(daemon, "exit");
  daemon.kill("SIGTERM");
  const timer = setTimeout(() => daemon.kill("SIGKILL"), 30_000);
  await ended;
  clearTimeout(timer);
}
