import { say } from "../../../devcloud/support/progress.ts";
import type { EngineStack, Measured } from "../engine.ts";
import { measure } from "../measured.ts";
import type { FakeCloud } from "../openstack/fake-cloud.ts";
import { type ClusterSize, configurationOf } from "./configuration.ts";
import type { HollowCluster } from "./hollow-cluster.ts";
import type { Hosts } from "./hosts.ts";
import { KubernetesApi } from "./kubernetes-api.ts";
import { listNodes } from "./nodes.ts";
import { deployPods, reached, readyNodes, runningPods } from "./pods.ts";
import { unusableMachines } from "./repairs.ts";
import type { Phase } from "./report.ts";

interface Parts {
  cloud: FakeCloud;
  hosts: Hosts;
  cluster: HollowCluster;
  stack: EngineStack;
  size: ClusterSize;
}

const INSTANCE = "openstack:compute/instance:Instance";

/** Most runs of `up` until everything stands. */
const ATTEMPTS = 3;

/** Workers that the pool grows by. */
const GROWTH = 2;

/** Seconds in which kwok makes Nodes ready. */
const NODES_SECONDS = 120;

/** Pods a second that even a busy machine starts. */
const SLOWEST_PODS = 10;

/** The life of a cluster, phase by phase, and what was wrong in it. */
export class ClusterRun {
  readonly phases: Record<string, Phase> = {};
  readonly #parts: Parts;
  readonly #problems: string[] = [];
  #api: KubernetesApi | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get result(): { phases: Record<string, Phase>; problems: string[]; left: Record<string, number> } {
    return { phases: this.phases, problems: this.#problems, left: this.#parts.cloud.inventory };
  }

  async all(): Promise<void> {
    const { stack, size } = this.#parts;
    const progress = setInterval(() => this.#showProgress(), 5000);
    try {
      if (!(await this.#create())) return;
      this.#api = new KubernetesApi(await stack.output<string>("kubeconfig"));
      await this.#nodes(size.workers);
      await this.#pods();
      await this.#phase("no-op up", () => stack.up(["--expect-no-changes"]));
      await this.#replaceWorker();
      await this.#grow();
      await this.#destroy();
    } catch (error) {
      this.#problems.push((error as Error).message);
    } finally {
      clearInterval(progress);
      this.#api?.close();
    }
  }

  /** Runs `up` until everything stands; what cannot be mended by another run is replaced, as an operator would after reading why it failed. */
  async #create(): Promise<boolean> {
    const { cloud, hosts, stack } = this.#parts;
    let replaced: string[] = [];
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const { error = "", ...measured } = await stack.attempt(replaced.flatMap((urn) => ["--replace", urn]));
      const unusable = unusableMachines(error);
      const { servers, joined } = hosts.progress;
      const seen = { servers, joined, ...(error === "" ? {} : { "to be replaced": unusable.join(" ") || "none" }) };
      this.#note(attempt === 1 ? "up" : `up, run ${attempt}`, measured, seen);
      if (error === "") {
        // What follows is about the cluster, on a cloud that works.
        cloud.faults.settings = { ...cloud.faults.settings, requests: [], errorServers: 0 };
        return true;
      }
      replaced = await Promise.all(unusable.map((name) => stack.urn(INSTANCE, name)));
      if (attempt === ATTEMPTS) this.#problems.push(`not done after ${ATTEMPTS} runs of up:\n${error.slice(-3000)}`);
    }
    return false;
  }

  async #nodes(workers: number): Promise<void> {
    const wanted = workers + this.#parts.size.controlPlanes;
    const ready = await reached(wanted, NODES_SECONDS, () => readyNodes(this.#client));
    if (ready !== wanted) this.#problems.push(`${ready} Nodes are ready, not ${wanted}`);
  }

  async #pods(): Promise<void> {
    const { pods } = this.#parts.size;
    await this.#phase("pods", async () => {
      const measured = await measure(this.#parts.cloud, async () => {
        await deployPods(this.#client, pods);
        await this.#allRunning();
      });
      return measured;
    });
  }

  async #allRunning(): Promise<void> {
    const { pods } = this.#parts.size;
    const running = await reached(pods, 60 + pods / SLOWEST_PODS, () => runningPods(this.#client));
    if (running !== pods) this.#problems.push(`${running} pods run, not ${pods}`);
  }

  async #replaceWorker(): Promise<void> {
    const { stack, size } = this.#parts;
    const before = await this.#nodeNames();
    const urn = await stack.urn(INSTANCE, "caravan-default-0");
    await this.#phase("one worker replaced", () => stack.up(["--replace", urn]));
    const gone = before.filter((name) => name.startsWith("caravan-default-0-"));
    const after = await this.#nodeNames();
    if (gone.some((name) => after.includes(name))) this.#problems.push(`the replaced worker's Node ${gone} is still there`);
    await this.#nodes(size.workers);
    await this.#allRunning();
  }

  async #grow(): Promise<void> {
    const { stack, size } = this.#parts;
    const workers = size.workers + GROWTH;
    await stack.configure(configurationOf({ ...size, workers }));
    await this.#phase(`${GROWTH} more workers`, () => stack.up());
    await this.#nodes(workers);
  }

  async #destroy(): Promise<void> {
    const { stack, cloud } = this.#parts;
    await this.#phase("destroy", () => stack.destroy());
    const { tokens: _, ...left } = cloud.inventory;
    const kinds = Object.entries(left).filter(([, count]) => count > 0);
    if (kinds.length > 0) this.#problems.push(`left on the cloud: ${kinds.map(([kind, count]) => `${count} ${kind}`).join(", ")}`);
  }

  async #phase(name: string, work: () => Promise<Measured>): Promise<void> {
    const measured = await work();
    const { servers } = this.#parts.cloud.inventory;
    this.#note(name, measured, this.#parts.cluster.isRunning && servers! > 0 ? await this.#seen() : { servers: servers! });
  }

  async #seen(): Promise<Record<string, number>> {
    const [nodes, pods] = await Promise.all([readyNodes(this.#client), runningPods(this.#client).catch(() => 0)]);
    return { servers: this.#parts.cloud.inventory.servers!, "Nodes ready": nodes, "pods running": pods };
  }

  #note(name: string, measured: Measured, seen: Phase["seen"]): void {
    this.phases[name] = { ...measured, seen };
    say(`${name}: ${measured.seconds} s`);
  }

  async #nodeNames(): Promise<string[]> {
    return (await listNodes(this.#client)).map(({ metadata }) => metadata.name);
  }

  get #client(): KubernetesApi {
    if (!this.#api) throw new Error("the cluster was not made yet");
    return this.#api;
  }

  #showProgress(): void {
    const { servers, booted, prepared, joined } = this.#parts.hosts.progress;
    say(`servers ${servers}, booted ${booted}, prepared ${prepared}, joined ${joined}`);
  }
}
