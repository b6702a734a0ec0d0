import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { INIT_CONFIGURATION } from "../../lib/kubeadm/paths.ts";
import type { NodeFile } from "../../lib/node/files.ts";
import type { KeyPair } from "../../lib/pki/key-pair.ts";
import { type ProcessControlPlane, startControlPlane } from "./control-plane/control-plane.ts";
import { startKwok } from "./control-plane/kwok.ts";
import { KubernetesApi } from "./kubernetes-api.ts";
import { contentOf } from "./node-files.ts";

/** Cluster of one real control plane, on which all hollow ones depend, and kwok, which simulates the kubelets of all Nodes. */
export class HollowCluster {
  /** Settings of etcd from its members, when it has machines of its own. */
  etcd: Record<string, string> = {};
  readonly #dir: string;
  #controlPlane: ProcessControlPlane | undefined;
  #kwok: Awaited<ReturnType<typeof startKwok>> | undefined;
  #administrator: KubernetesApi | undefined;
  #ca: KeyPair | undefined;

  /** @param dir folder for its data and logs */
  constructor(dir: string) {
    this.#dir = dir;
  }

  get isRunning(): boolean {
    return this.#administrator !== undefined;
  }

  /** API client with all rights. */
  get administrator(): KubernetesApi {
    if (!this.#administrator) throw new Error("no control plane was started");
    return this.#administrator;
  }

  /** CA of the API and its clients, which every control plane has. */
  get ca(): KeyPair {
    if (!this.#ca) throw new Error("no control plane was started");
    return this.#ca;
  }

  /** Peak memory of each process, in megabytes. */
  get memory(): Record<string, number> {
    const processes = { ...this.#controlPlane?.processes, ...(this.#kwok ? { kwok: this.#kwok.pid } : {}) };
    return Object.fromEntries(Object.entries(processes).map(([name, pid]) => [name, largestSize(pid)]));
  }

  /** Folder for scripts that run as they are. */
  get scratch(): string {
    return join(this.#dir, "scratch");
  }

  async start(files: readonly NodeFile[], advertise: string): Promise<void> {
    const dir = join(this.#dir, "control-plane");
    await mkdir(dir, { recursive: true });
    this.#controlPlane = await startControlPlane({ files, initConfig: INIT_CONFIGURATION, advertise, dir });
    const { kubeconfig } = this.#controlPlane;
    this.#ca = {
      certificate: contentOf(files, "/etc/kubernetes/pki/ca.crt"),
      privateKey: contentOf(files, "/etc/kubernetes/pki/ca.key"),
    };
    this.#kwok = await startKwok(INIT_CONFIGURATION, dir);
    this.#administrator = new KubernetesApi(readFileSync(kubeconfig, "utf8"));
  }

  async stop(): Promise<void> {
    this.#administrator?.close();
    await this.#kwok?.stop();
    await this.#controlPlane?.stop();
  }
}

function largestSize(pid: number): number {
  const [, kilobytes = "0"] = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Math.round(Number(kilobytes) / 1024);
}
