import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endWithParent } from "../../../devcloud/openstack/namespace.ts";
import { repositoryDir } from "../../../devcloud/support/paths.ts";
import { run } from "../../../devcloud/support/run.ts";
import { stateFolderUrl } from "../../../devcloud/support/state-folder.ts";
import { provide } from "../../../devcloud/toolchain/provide.ts";
import { processesOfRun } from "../../../fleet/runs/processes.ts";
import { ApiServer } from "../support/api-server.ts";
import { Relay } from "../support/relay.ts";

const CLI = join(repositoryDir, "fleet", "cli.ts");

/** Password in the Secret of the runs, which must be nowhere else. */
export const PASSWORD = "correct-horse-battery";

interface Objects<T> {
  items: T[];
}

interface RecipeOptions {
  /** Seconds for which the tiny program works. @default 0 */
  seconds?: number;
  /** @default 4 */
  maxRuns?: number;
  cluster?: Record<string, unknown>;
  configuration?: Record<string, string>;
}

interface AnyObject {
  metadata: { name: string; finalizers?: string[]; deletionTimestamp?: string };
  spec: Record<string, never> & { claim?: { name: string } };
  status?: Record<string, never> & { phase?: string; message?: string; process?: { pid: number } };
}

export interface FleetBedOptions {
  /** Variables of the runs beside those of Pulumi. @default a password that nobody asks for */
  variables?: Record<string, string>;
  /** Folders that are first on PATH. @default Pulumi's */
  path?: readonly string[];
  /** Options of Node.js and of the controller. @default the tiny program */
  options?: { node: readonly string[]; controller: readonly string[] };
}

const TINY = ["--program", join(repositoryDir, "test", "engine", "fleet", "tiny-program.ts")];

/** Management cluster of a real API server without nodes, with a controller in a process of its own. */
export class FleetBed {
  readonly api: ApiServer;
  readonly dir: string;
  /** Way of the controller and of runs to the API, which can be closed. */
  readonly relay: Relay;
  readonly #options: FleetBedOptions;
  readonly #env: NodeJS.ProcessEnv;
  #controller: ChildProcess | undefined;

  private constructor(api: ApiServer, relay: Relay, dir: string, path: readonly string[], options: FleetBedOptions) {
    this.api = api;
    this.dir = dir;
    this.relay = relay;
    this.#options = options;
    this.#env = {
      ...process.env,
      PATH: [...path, join(repositoryDir, "node_modules", ".bin"), process.env.PATH].join(":"),
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK: "true",
    };
  }

  static async start(options: FleetBedOptions = {}): Promise<FleetBed> {
    const api = await ApiServer.start(["garbage-collector-controller"]);
    const path = options.path ?? [(await provide(["pulumi"])).pulumi];
    const port = Number(/127\.0\.0\.1:(\d+)/.exec(api.kubeconfig)![1]);
    const relay = await Relay.to(port);
    await relay.open();
    const bed = new FleetBed(api, relay, await mkdtemp(join(tmpdir(), "fleet-")), path, options);
    await writeFile(join(bed.dir, "kubeconfig"), api.kubeconfig.replace(`:${port}`, `:${relay.port}`));
    for (const user of ["anna", "ben"])
      await writeFile(bed.kubeconfigOf(user), api.kubeconfig.replace("user: { client", `user: { as: ${user}, client`));
    await mkdir(join(bed.dir, "state"));
    const manifests = join(bed.dir, "manifests.yaml");
    await writeFile(manifests, await run(process.execPath, [CLI, "manifests"], { deadline: 30 }));
    await api.kubectl("create", "namespace", "fleet");
    await api.kubectl("apply", "--server-side", "-f", manifests);
    await api.kubectl("create", "rolebinding", "users", "-n", "fleet", "--clusterrole=caravan-fleet-user", "--user=anna", "--user=ben");
    await api.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=15s");
    await api.kubectl("create", "secret", "generic", "cloud", "-n", "fleet", ...bed.#literals());
    return bed;
  }

  kubeconfigOf(user: string): string {
    return join(this.dir, `kubeconfig-${user}`);
  }

  /** Applies a pool and its template, by default of tiny clusters. */
  async pool(name: string, spec: Record<string, unknown>, { seconds = 0, maxRuns = 4, ...recipe }: RecipeOptions = {}): Promise<void> {
    const metadata = { name, namespace: "fleet" };
    const apiVersion = "fleet.caravan.dev/v1alpha1";
    const made = { cloud: { name: "r1", maxRuns }, environmentSecret: "cloud", cluster: { dir: this.dir, seconds }, ...recipe };
    await this.apply({ apiVersion, kind: "ClusterTemplate", metadata, spec: made });
    await this.apply({ apiVersion, kind: "ClusterPool", metadata, spec: { template: name, ...spec } });
  }

  async apply(object: object, ...options: string[]): Promise<string> {
    const file = join(this.dir, "object.json");
    await writeFile(file, JSON.stringify(object));
    return this.api.kubectl("apply", "-f", file, ...options);
  }

  async list(plural: string): Promise<AnyObject[]> {
    return (JSON.parse(await this.api.kubectl("get", plural, "-n", "fleet", "-o", "json")) as Objects<AnyObject>).items;
  }

  async get(plural: string, name: string): Promise<AnyObject | undefined> {
    return (await this.list(plural)).find(({ metadata }) => metadata.name === name);
  }

  /** Runs a command of caravan-fleet as a user. */
  async command(user: string, ...args: string[]): Promise<string> {
    const options = ["--management", this.kubeconfigOf(user), "-n", "fleet"];
    return (await run(process.execPath, [CLI, ...args, ...options], { deadline: 90 })).trim();
  }

  startController(): void {
    const log = openSync(this.log, "a");
    const { node, controller } = this.#options.options ?? { node: [], controller: TINY };
    const args = ["controller", "--management", join(this.dir, "kubeconfig"), "-n", "fleet", "--dir", this.dir, ...controller];
    const [first, ...others] = [...endWithParent, process.execPath, ...node, CLI, ...args];
    this.#controller = spawn(first!, others, { stdio: ["ignore", log, log], env: this.#env });
    closeSync(log);
  }

  /** Kills the controller as a power cut would, without its runs. */
  async killController(): Promise<void> {
    const controller = this.#controller;
    if (!controller || controller.exitCode !== null || controller.signalCode !== null) return;
    controller.kill("SIGKILL");
    await once(controller, "exit");
  }

  /** Runs of a cluster, as "up 1 Succeeded". */
  async runs(cluster: string): Promise<string[]> {
    const runs = (await this.list("runs.fleet.caravan.dev")).filter(({ spec }) => spec.cluster === cluster);
    return runs.map(({ spec, status }) => `${spec.operation} ${spec.number} ${status?.phase ?? "Pending"}`).sort();
  }

  get log(): string {
    return join(this.dir, "controller.log");
  }

  get logged(): string {
    return readFileSync(this.log, "utf8");
  }

  /** Names of the stacks in the state. */
  async stacks(): Promise<string[]> {
    const files = await readdir(join(this.dir, "state", ".pulumi", "stacks", "caravan-fleet")).catch(() => []);
    return files.filter((file) => file.endsWith(".json")).map((file) => file.replace(".json", ""));
  }

  async stop(): Promise<void> {
    await this.killController();
    const runs = await this.list("runs.fleet.caravan.dev").catch(() => []);
    for (const pid of runs.flatMap(({ metadata }) => processesOfRun(metadata.name))) process.kill(pid, "SIGKILL");
    this.relay.close();
    await this.api.stop();
    await rm(this.dir, { recursive: true, force: true });
  }

  #literals(): string[] {
    const pulumi = { PULUMI_CONFIG_PASSPHRASE: "passphrase", PULUMI_BACKEND_URL: stateFolderUrl(join(this.dir, "state")) };
    const variables = { ...(this.#options.variables ?? { OS_PASSWORD: PASSWORD }), ...pulumi };
    return Object.entries(variables).map(([name, value]) => `--from-literal=${name}=${value}`);
  }
}
