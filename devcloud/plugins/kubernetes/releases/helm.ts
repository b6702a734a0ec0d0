import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runGroup } from "../../support/process-group.ts";
import type { Configuration } from "../configuration.ts";

/** Runs helm commands. Secrets for them are in a folder that only this user can read, not in their arguments. */
export class Helm {
  readonly #dir: string;
  readonly #clusterArgs: readonly string[];

  private constructor(dir: string, clusterArgs: readonly string[]) {
    this.#dir = dir;
    this.#clusterArgs = clusterArgs;
  }

  /** Passes helm with access to the cluster to `work`, and removes all its files afterwards. */
  static async use<T>(configuration: Configuration, work: (helm: Helm) => Promise<T>): Promise<T> {
    const dir = await mkdtemp(join(tmpdir(), "pulumi-helm-")); // mode 0700
    try {
      const kubeconfig = join(dir, "kubeconfig");
      await writeFile(kubeconfig, configuration.kubeconfig, { mode: 0o600 });
      const context = configuration.context === undefined ? [] : ["--kube-context", configuration.context];
      return await work(new Helm(dir, ["--kubeconfig", kubeconfig, ...context]));
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  }

  /** Runs a command that needs the cluster and returns its output. */
  onCluster(args: readonly string[], signal: AbortSignal): Promise<string> {
    return runHelm([...args, ...this.#clusterArgs], signal);
  }

  /** Writes a text, such as values with secrets, into a file that helm can read. */
  async file(name: string, content: string): Promise<string> {
    const path = join(this.#dir, name);
    await writeFile(path, content, { mode: 0o600 });
    return path;
  }
}

/**
 * Requests that helm may send in a second: the official plugin's limits. With helm's own, 5, a chart such as Cilium's takes half a minute.
 */
const RATES = { HELM_BURST_LIMIT: "120", HELM_QPS: "50" };

/** Runs a helm command and returns its output. Throws helm's own message when it fails. */
export async function runHelm(args: readonly string[], signal: AbortSignal): Promise<string> {
  const printed = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  try {
    await runGroup({ program: "helm", args, env: RATES, take: (stream, chunk) => printed[stream].push(chunk) }, signal);
  } catch (error) {
    if ((error as Error).message.includes("ENOENT")) throw new Error("helm is not on PATH: a Release is installed by the helm program");
    throw new Error(messageOf(Buffer.concat(printed.stderr).toString()) ?? `helm ${args[0]}: ${(error as Error).message}`);
  }
  return Buffer.concat(printed.stdout).toString();
}

/** Finds the message of Helm's library, without the program's own words before it. */
function messageOf(printed: string): string | undefined {
  return /^Error: (?:INSTALLATION FAILED: |UPGRADE FAILED: )?(.*)/ms.exec(printed)?.[1]?.trim();
}
