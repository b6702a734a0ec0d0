import { isDeepStrictEqual } from "node:util";
import { say } from "../../../devcloud/support/progress.ts";
import type { EngineStack, Measured, StateSize } from "../../engine/engine-stack.ts";
import { measure } from "../../engine/measured.ts";
import type { FakeCloud } from "../../fake-openstack/fake-cloud.ts";
import { difference, inWords, objectsOf } from "../../fake-openstack/inventory.ts";
import type { HollowCluster } from "../../hollow-nodes/hollow-cluster.ts";
import { KubernetesApi } from "../../hollow-nodes/kubernetes-api.ts";
import { listNodes } from "../../hollow-nodes/nodes.ts";
import type { Hosts } from "../../hollow-nodes/ssh/hosts.ts";
import { reasonsOf } from "../reasons.ts";
import { type ClusterSize, configurationOf, serversOf } from "./configuration.ts";
import { deployPods, reached, readyNodes, runningPods } from "./pods.ts";
import { unusableMachines } from "./repairs.ts";
import type { Phase } from "./report.ts";

interface Parts {
  cloud: FakeCloud;
  hosts: Hosts;
  cluster: HollowCluster;
  stack: EngineStack;
  size: ClusterSize;
  /** Number of workers by which the pool grows. */
  growth: number;
}

const INSTANCE = "openstack:compute/instance:Instance";

/** Most runs of `up` until the cluster is complete. */
const ATTEMPTS = 3;

/** Seconds in which kwok makes Nodes ready. */
const NODES_SECONDS = 120;

/** Worker that is replaced. */
const REPLACED = "caravan-default-0";

/** Result of a measurement. */
export interface ClusterResult {
  phases: Record<string, Phase>;
  problems: string[];
  /** State when all machines had joined. */
  state: StateSize | undefined;
  left: Record<string, number>;
  /** Most servers of each kind that were being built at a time. */
  mostBuilding: Record<string, number>;
}

/** Lifecycle of a cluster, phase by phase, with its problems. */
export class ClusterRun {
  readonly phases: Record<string, Phase> = {};
  readonly #parts: Parts;
  readonly #problems: string[] = [];
  #api: KubernetesApi | undefined;
  #state: ClusterResult["state"];

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get result(): ClusterResult {
    const { inventory: left, nova } = this.#parts.cloud;
    return { phases: this.phases, problems: this.#problems, state: this.#state, left, mostBuilding: nova.servers.mostBuilding };
  }

  async all(): Promise<void> {
    const { cloud, stack, size, growth } = this.#parts;
    const progress = setInterval(() => this.#showProgress(), 5000);
    try {
      if (!(await this.#create())) return;
      this.#state = await stack.state();
      this.#api = new KubernetesApi(await stack.output<string>("kubeconfig"));
      await this.#phase("pods", size.workers, () => measure(cloud, () => this.#deployPods()));
      await this.#phase("no-op up", size.workers, () => stack.up(["--expect-no-changes"]));
      await this.#failReplacement();
      await this.#phase("one worker replaced", size.workers, () => this.#replaceWorker());
      const grown = size.workers + growth;
      await stack.configure(configurationOf({ ...size, workers: grown }));
      await this.#preview(`+ ${growth} to create`);
      await this.#phase(`${growth} more workers`, grown, () => stack.up());
      if (size.heldVersion) await this.#upgrade(grown);
      await this.#destroy();
    } catch (error) {
      this.#problems.push((error as Error).message);
    } finally {
      clearInterval(progress);
      this.#api?.close();
    }
  }

  /**
   * Runs `up` until the cluster is complete. Machines that no further run can repair are replaced, as an operator would after reading the
   * errors.
   */
  async #create(): Promise<boolean> {
    const { cloud, hosts, stack } = this.#parts;
    let replaced: string[] = [];
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const { error = "", ...measured } = await stack.attempt(replaced.flatMap((urn) => ["--replace", urn]));
      const unusable = unusableMachines(error);
      const { servers, joined } = hosts.progress;
      const seen = { servers, joined, "to be replaced": unusable.join(" ") || "none" };
      this.#note(attempt === 1 ? "up" : `up, run ${attempt}`, measured, seen);
      for (const [reason, count] of Object.entries(reasonsOf(error))) say(`  ${count} x ${reason}`);
      if (error === "") {
        // The next phases measure the cluster, on a cloud without faults.
        cloud.faults.settings = { ...cloud.faults.settings, requests: [], errorServers: 0 };
        return true;
      }
      replaced = await Promise.all(unusable.map((name) => stack.urn(INSTANCE, name)));
      if (attempt === ATTEMPTS) this.#problems.push(`not done after ${ATTEMPTS} runs of up:\n${error.slice(-3000)}`);
    }
    return false;
  }

  async #deployPods(): Promise<void> {
    const { pods } = this.#parts.size;
    await deployPods(this.#client, pods);
    await reached(pods, podSeconds(pods), () => runningPods(this.#client));
  }

  /** Replaces a worker whose replacement ends in ERROR. Its server and its Node must stay until another one exists. */
  async #failReplacement(): Promise<void> {
    const { stack, cloud } = this.#parts;
    const before = await this.#nodesOf(REPLACED);
    cloud.faults.settings = { ...cloud.faults.settings, errorServers: 1 };
    const { error, ...measured } = await stack.attempt(["--replace", await stack.urn(INSTANCE, REPLACED)]);
    cloud.faults.settings = { ...cloud.faults.settings, errorServers: 0 };
    cloud.settle();
    const servers = cloud.nova.servers.store.all.filter(({ name }) => before.includes(name));
    const seen = { failed: error === undefined ? "no" : "yes", Nodes: (await this.#nodesOf(REPLACED)).join(" "), servers: servers.length };
    this.#note("one worker's replacement fails", measured, seen);
    const wanted = { failed: "yes", Nodes: before.join(" "), servers: 1 };
    if (!isDeepStrictEqual(seen, wanted))
      this.#problems.push(`after a replacement that failed: ${JSON.stringify(seen)}, not ${JSON.stringify(wanted)}`);
  }

  async #replaceWorker(): Promise<Measured> {
    const { stack } = this.#parts;
    const before = await this.#nodesOf(REPLACED);
    const replace = ["--replace", await stack.urn(INSTANCE, REPLACED)];
    await this.#preview("+-1 to replace", replace);
    const measured = await stack.up(replace);
    const left = (await this.#nodesOf(REPLACED)).filter((name) => before.includes(name));
    if (left.length > 0) this.#problems.push(`the replaced worker's Node ${left} is still there`);
    return measured;
  }

  /** Upgrades the workers, which were held back so far, few at a time. */
  async #upgrade(workers: number): Promise<void> {
    const { stack, size } = this.#parts;
    const { heldVersion: _, ...last } = size;
    await stack.configure(configurationOf({ ...last, workers }));
    await this.#preview("to update");
    await this.#phase("workers upgraded", workers, () => stack.up());
    await this.#phase("no-op up, upgraded", workers, () => stack.up(["--expect-no-changes"]));
  }

  /** Previews a change: what is not known then must not fail the program. */
  async #preview(wanted: string, options: string[] = []): Promise<void> {
    const output = await this.#parts.stack.command(["preview", ...options]);
    if (!output.includes(wanted)) this.#problems.push(`a preview has no "${wanted}": ${output.slice(-300)}`);
  }

  async #destroy(): Promise<void> {
    const { stack, cloud } = this.#parts;
    const measured = await stack.destroy();
    const left = objectsOf(cloud);
    this.#note("destroy", measured, left);
    const some = difference(left, {});
    if (Object.keys(some).length > 0) this.#problems.push(`left on the cloud: ${inWords(some)}`);
  }

  /** Does work, and checks afterwards that all Nodes and pods are ready. */
  async #phase(name: string, workers: number, work: () => Promise<Measured>): Promise<void> {
    const { cloud, size } = this.#parts;
    const nodes = workers + size.controlPlanes;
    const measured = await work();
    const seen = {
      servers: cloud.inventory.servers!,
      "Nodes ready": await reached(nodes, NODES_SECONDS, () => readyNodes(this.#client)),
      "pods running": await reached(size.pods, podSeconds(size.pods), () => runningPods(this.#client)),
    };
    this.#note(name, measured, seen);
    const wanted = { servers: serversOf({ ...size, workers }), "Nodes ready": nodes, "pods running": size.pods };
    if (!isDeepStrictEqual(seen, wanted)) this.#problems.push(`after ${name}: ${JSON.stringify(seen)}, not ${JSON.stringify(wanted)}`);
  }

  #note(name: string, measured: Measured, seen: Phase["seen"]): void {
    this.phases[name] = { ...measured, seen };
    say(`${name}: ${measured.seconds} s`);
  }

  /** Lists the names of the Nodes of a resource's machines. */
  async #nodesOf(resource: string): Promise<string[]> {
    const names = (await listNodes(this.#client)).map(({ metadata }) => metadata.name);
    return names.filter((name) => name.startsWith(`${resource}-`));
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

/** Seconds in which the pods start. Even a busy machine starts ten a second. */
function podSeconds(pods: number): number {
  return 60 + pods / 10;
}
