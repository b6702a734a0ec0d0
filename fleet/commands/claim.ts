import { rename, writeFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { Api } from "../api/api.ts";
import { unlessStatus } from "../api/api.ts";
import { CLAIMS, POOLS } from "../api/resources.ts";
import type { ClusterClaim } from "../crds/kinds/claim.ts";
import { API_VERSION } from "../crds/kinds/object.ts";
import type { ClusterPool } from "../crds/kinds/pool.ts";
import { newClusterName } from "../rules/ids.ts";
import { refusalOf } from "../rules/lifetime.ts";
import { keptKubeconfig } from "../runs/kubeconfig-secret.ts";
import { apiOf } from "./api-of.ts";
import { API_OPTIONS, API_USAGE, type Command, FAILED, UsageError } from "./command.ts";
import { durationOption } from "./duration-option.ts";

/** Milliseconds between two looks at the claim. */
const LOOK = 500;

/** Milliseconds for the right to read the kubeconfig to come, after the cluster is given. */
const ACCESS_PATIENCE = 30_000;

/** Exit code when no cluster was ready in time. */
const NONE_READY = 1;

/** `caravan-fleet claim`: takes a cluster from a pool. */
export const claim: Command = {
  summary: "takes a cluster from a pool, and writes its kubeconfig",
  usage: `caravan-fleet claim --pool POOL --kubeconfig FILE [options]

  --pool POOL        pool that gives the cluster
  --kubeconfig FILE  file for the cluster's kubeconfig, which only you can read
  --for DURATION     lifetime, like 90m or 2h30m, in place of the pool's default
  --wait DURATION    time to wait for a cluster (30m)
  --name NAME        name of the claim, in place of a random one
${API_USAGE}

It prints the claim's name, for release and extend. Interrupted while it waits, it gives the claim back.

exit code: 0 a cluster is yours, 1 none was ready in time and the claim is given back, 2 it failed`,
  async run(args) {
    const own = {
      pool: { type: "string" },
      kubeconfig: { type: "string" },
      for: { type: "string" },
      wait: { type: "string" },
      name: { type: "string" },
    } as const;
    const { values } = parseArgs({ args: [...args], options: { ...API_OPTIONS, ...own } });
    const { pool: poolName, kubeconfig: file, for: lifetime, wait = "30m" } = values;
    if (poolName === undefined || file === undefined) throw new UsageError("name the pool and the file: --pool POOL --kubeconfig FILE");
    if (lifetime !== undefined) durationOption("for", lifetime);
    const deadline = Date.now() + durationOption("wait", wait);
    const api = apiOf(values);
    const wanted = await wantedClaim(api, values.name ?? newClusterName(poolName), poolName, lifetime);
    const made = await api.create(CLAIMS, wanted);
    const given = await releasingOnFailure(api, made, async () => {
      const given = await waitFor(api, made, deadline);
      if (given) await writeSecretFile(file, await kubeconfigOf(api, given.cluster));
      return given;
    });
    if (!given) return NONE_READY;
    console.error(`cluster ${given.cluster} is yours until ${given.expiresAt}; its kubeconfig is in ${file}`);
    console.log(made.metadata.name);
    return 0;
  },
};

async function wantedClaim(api: Api, name: string, poolName: string, lifetime: string | undefined): Promise<ClusterClaim> {
  const pool = await api.find<ClusterPool>(POOLS, poolName);
  if (!pool) {
    const names = (await api.list<ClusterPool>(POOLS)).map(({ metadata }) => metadata.name);
    throw new Error(`there is no pool "${poolName}" in namespace ${api.namespace}; it has ${names.join(", ") || "none"}`);
  }
  const review = { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" };
  const { status } = await api.send<{ status: { userInfo: { username: string } } }>(
    "POST",
    "/apis/authentication.k8s.io/v1/selfsubjectreviews",
    {
      body: review,
    },
  );
  const spec = { pool: poolName, owner: status.userInfo.username, ...(lifetime === undefined ? {} : { for: lifetime }) };
  const wanted: ClusterClaim = { apiVersion: API_VERSION, kind: "ClusterClaim", metadata: { name }, spec };
  const refusal = refusalOf(wanted, pool);
  if (refusal !== undefined) throw new Error(refusal);
  return wanted;
}

interface Given {
  cluster: string;
  expiresAt: string;
}

async function waitFor(api: Api, { metadata }: ClusterClaim, deadline: number): Promise<Given | undefined> {
  for (let told = ""; ; ) {
    const now = await api.find<ClusterClaim>(CLAIMS, metadata.name);
    if (now?.metadata.uid !== metadata.uid) throw new Error(`claim ${metadata.name} was deleted meanwhile`);
    const { phase, cluster, expiresAt, message = "" } = now?.status ?? {};
    if (phase === "Given") return { cluster: cluster!, expiresAt: expiresAt! };
    if (phase === "Ended" || phase === "Refused") throw new Error(message);
    if (Date.now() > deadline) {
      console.error(`no cluster was ready in time, and the claim is given back${message && `: ${message}`}`);
      await api.delete(CLAIMS, metadata.name, metadata.uid);
      return undefined;
    }
    if (message !== told) console.error(`waiting: ${message}`);
    told = message;
    await setTimeout(LOOK);
  }
}

/** Gives the claim back when this process is interrupted, or the work fails: nobody would use the cluster. */
async function releasingOnFailure<T>(api: Api, { metadata }: ClusterClaim, work: () => Promise<T>): Promise<T> {
  const release = () => api.delete(CLAIMS, metadata.name, metadata.uid).catch(({ message }: Error) => console.error(message));
  const end = () => void release().then(() => process.exit(FAILED));
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, end);
  try {
    return await work();
  } catch (error) {
    await release();
    throw error;
  } finally {
    for (const signal of signals) process.off(signal, end);
  }
}

async function kubeconfigOf(api: Api, cluster: string): Promise<string> {
  for (const deadline = Date.now() + ACCESS_PATIENCE; ; await setTimeout(LOOK)) {
    const text = await keptKubeconfig(api, cluster).catch(unlessStatus(403));
    if (text !== undefined) return text;
    if (Date.now() > deadline) throw new Error(`the kubeconfig of cluster ${cluster} cannot be read; is the claim's owner you?`);
  }
}

/** Writes a file that is for this user alone, from its beginning on. */
async function writeSecretFile(file: string, text: string): Promise<void> {
  const part = `${file}.${process.pid}`;
  await writeFile(part, text, { mode: 0o600, flag: "wx" });
  await rename(part, file);
}
