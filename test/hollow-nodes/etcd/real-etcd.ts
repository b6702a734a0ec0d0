import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { globSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { cacheDir } from "../../../devcloud/support/paths.ts";
import { freePort } from "../../support/free-port.ts";

/** Programs of etcd that are there; `npm test` builds them before. */
export const PROGRAMS = globSync("toolchain/etcd/*/etcdutl", { cwd: cacheDir }).map((path) => join(cacheDir, path, ".."))[0]!;

/** A running etcd with one member, without TLS. */
export interface RealEtcd {
  endpoint: string;
  dataFolder: string;
  put(key: string, value: string): Promise<void>;
  get(key: string): Promise<string | undefined>;
  /** Last revision. */
  revision(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts etcd on loopback until the test ends. */
export async function startEtcd(dataFolder = mkdtempSync(join(tmpdir(), "etcd-"))): Promise<RealEtcd> {
  const [client, peer] = [await freePort(), await freePort()];
  const endpoint = `http://127.0.0.1:${client}`;
  const own = `http://127.0.0.1:${peer}`;
  const options = [
    `--data-dir=${dataFolder}`,
    `--listen-client-urls=${endpoint}`,
    `--advertise-client-urls=${endpoint}`,
    `--listen-peer-urls=${own}`,
    `--initial-advertise-peer-urls=${own}`,
    `--initial-cluster=default=${own}`,
    "--log-level=error",
  ];
  const child = spawn(join(PROGRAMS, "etcd"), options, { stdio: "ignore" });
  const stop = () => stopped(child);
  onTestFinished(async () => {
    await stop();
    rmSync(dataFolder, { recursive: true, force: true });
  });
  const call = async (path: string, body: object) => {
    const answer = await fetch(`${endpoint}/v3/${path}`, { method: "POST", body: JSON.stringify(body) });
    // biome-ignore lint/suspicious/noExplicitAny: etcd's answers
    return (await answer.json()) as any;
  };
  for (let tries = 0; ; tries++) {
    try {
      if ((await call("maintenance/status", {})).leader) break;
    } catch (error) {
      if (tries > 200) throw error;
    }
    await setTimeout(100);
  }
  const range = (key: string) => call("kv/range", { key: base64(key) });
  return {
    endpoint,
    dataFolder,
    stop,
    put: async (key, value) => void (await call("kv/put", { key: base64(key), value: base64(value) })),
    get: async (key) => {
      const { kvs = [] } = await range(key);
      return kvs[0] && Buffer.from(kvs[0].value, "base64").toString();
    },
    revision: async () => Number((await range("any")).header.revision),
  };
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
