import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runGroup } from "../../support/process-group.ts";
import type { Configuration } from "../configuration.ts";

/** Runs helm commands; what they must not show in their arguments lies in a folder that only this user can read. */
export class Helm {
  readonly #dir: string;
  readonly #clusterArgs: readonly string[];

  private constructor(dir: string, clusterArgs: readonly string[]) {
    this.#dir = dir;
    this.#clusterArgs = clusterArgs;
  }

  /** Gives helm with access to the cluster to `work`, and removes every trace of it afterwards. */
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

  /** Runs a command that needs the cluster, and gives what it prints. */
  onCluster(args: readonly string[], signal: AbortSignal): Promise<string> {
    return runHelm([...args, ...this.#clusterArgs], signal);
  }

  /** Puts a text, such as values with secrets, into a file that helm can read. */
  async file(name: string, content: string): Promise<string> {
    const path = join(this.#dir, name);
    await writeFile(path, content, { mode: 0o600 });
    return path;
  }
}

/** How many requests helm may send in a second: those of the official plugin; its own, 5, take half a minute for a chart such as Cilium's. */
const RATES = { HELM_BURST_LIMIT: "120", HELM_QPS: "50" };

/** Runs a helm command, and gives what it prints; throws helm's own message when it fails. */
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

/** What went wrong, as Helm's own library says it, without what the program puts before. */
function messageOf(printed: string): string | undefined {
  return /^Error: (?:INSTALLATION FAILED: |UPGRADE FAILED: )?(.*)/ms.exec(printed)?.[1]?.trim();
}
