import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { StateBackend } from "../../engine/state/backend.ts";
import { freePort } from "../../support/free-port.ts";
import { providePythonEnvironment } from "../python-environment.ts";
import { CountingProxy, type StoreRequests } from "./counting-proxy.ts";

const BUCKET = "state";
const START_SECONDS = 60;
/** Header with a signature. The server does not check signatures, but shows objects only to requests that have one. */
const SIGNED = { Authorization: "AWS4-HMAC-SHA256 Credential=caravan/20260101/us-east-1/s3/aws4_request" };

/** S3 server on this machine, as a backend for Pulumi's state. It keeps everything in memory. */
export interface ObjectStore {
  backend: StateBackend;
  /** Returns the requests since the last call. */
  take(): StoreRequests;
  stop(): Promise<void>;
}

/**
 * Starts moto's server from PyPI.
 * @param milliseconds additional delay of each request; S3 in a cloud takes some tens
 */
export async function startObjectStore(milliseconds: number): Promise<ObjectStore> {
  const programs = await providePythonEnvironment("moto", join(import.meta.dirname, "requirements.txt"));
  const port = await freePort();
  // The server ends with this process in any case.
  const command = ["--pdeathsig", "KILL", join(programs, "moto_server"), "-H", "127.0.0.1", "-p", String(port)];
  const server = spawn("setpriv", command, { stdio: "ignore" });
  const proxy = new CountingProxy(port, milliseconds);
  const stop = async () => {
    proxy.stop();
    await end(server);
  };
  try {
    await makeBucket(port, server);
    await proxy.start();
  } catch (error) {
    await stop();
    throw error;
  }
  return { backend: backendAt(proxy.port), take: () => proxy.take(), stop };
}

function backendAt(port: number): StateBackend {
  const address = `127.0.0.1:${port}`;
  return {
    url: `s3://${BUCKET}?region=us-east-1&endpoint=${address}&disableSSL=true&s3ForcePathStyle=true`,
    // The server accepts any credentials, and none may be requested from a cloud's metadata.
    environment: { AWS_ACCESS_KEY_ID: "caravan", AWS_SECRET_ACCESS_KEY: "caravan", AWS_EC2_METADATA_DISABLED: "true" },
    read: async (path) => {
      const response = await fetch(`http://${address}/${BUCKET}/${path}`, { headers: SIGNED });
      if (!response.ok) throw new Error(`the object store has no ${path}: ${response.status}`);
      return Buffer.from(await response.arrayBuffer());
    },
  };
}

/** Creates the bucket as soon as the server answers. */
async function makeBucket(port: number, server: ChildProcess): Promise<void> {
  const deadline = Date.now() + START_SECONDS * 1000;
  for (;;) {
    const response = await fetch(`http://127.0.0.1:${port}/${BUCKET}`, { method: "PUT" }).catch(() => undefined);
    if (response?.ok) return;
    if (server.exitCode !== null) throw new Error(`the object store ended with exit code ${server.exitCode}`);
    if (Date.now() > deadline) throw new Error(`the object store does not answer after ${START_SECONDS} s`);
    await setTimeout(200);
  }
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.pid === undefined) return;
  server.kill("SIGKILL");
  await once(server, "close");
}
