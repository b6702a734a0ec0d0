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
import { killDescendants } from "../processes.ts";
import { ApiServer } from "../support/api-server.ts";

const CLI = join(repositoryDir, "fleet", "cli.ts");

/** Password in the Secret of the runs, which must be nowhere else. */
export const PASSWORD = "correct-horse-battery";

interface Objects<T> {
  items: T[];
}

interface AnyObject {
  metadata: { name: string; finalizers?: string[]; deletionTimestamp?: string };
  spec: Record<string, never> & { claim?: { name: string } };
  status?: Record<string, never> & { phase?: string; message?: string };
}

/** Management cluster of a real API server without nodes, with a controller in a process of its own. */
export class FleetBed {
  readonly api: ApiServer;
  readonly dir: string;
  #controller: ChildProcess | undefined;

  private constructor(api: ApiServer, dir: string) {
    this.api = api;
    this.dir = dir;
  }

  static async start(): Promise<FleetBed> {
    const api = await ApiServer.start(["garbage-collector-controller"]);
    const bed = new FleetBed(api, await mkdtemp(join(tmpdir(), "fleet-")));
    await writeFile(join(bed.dir, "kubeconfig"), api.kubeconfig);
    for (const user of ["anna", "ben"])
      await writeFile(bed.kubeconfigOf(user), api.kubeconfig.replace("user: { client", `user: { as: ${user}, client`));
    await mkdir(join(bed.dir, "state"));
    const manifests = join(bed.dir, "manifests.yaml");
    await writeFile(manifests, await run(process.execPath, [CLI, "manifests"], { deadline: 30 }));
    await api.kubectl("create", "namespace", "fleet");
    await api.kubectl("apply", "--server-side", "-f", manifests);
    await api.kubectl("create", "rolebinding", "users", "-n", "fleet", "--clusterrole=caravan-fleet-user", "--user=anna", "--user=ben");
    await api.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=15s");
    await api.kubectl("create", "secret", "generic", "cloud", "-n", "fleet", ...(await bed.#secret()));
    return bed;
  }

  kubeconfigOf(user: string): string {
    return join(this.dir, `kubeconfig-${user}`);
  }

  /** Applies a template and a pool. */
  async pool(name: string, spec: Record<string, unknown>, { seconds = 0, maxRuns = 4 } = {}): Promise<void> {
    const metadata = { name, namespace: "fleet" };
    const apiVersion = "fleet.caravan.dev/v1alpha1";
    const cluster = { dir: this.dir, seconds };
    await this.apply({
      apiVersion,
      kind: "ClusterTemplate",
      metadata,
      spec: { cloud: { name: "r1", maxRuns }, environmentSecret: "cloud", cluster },
    });
    await this.apply({ apiVersion, kind: "ClusterPool", metadata, spec: { template: name, ...spec } });
  }

  async apply(object: object): Promise<string> {
    const file = join(this.dir, "object.json");
    await writeFile(file, JSON.stringify(object));
    return this.api.kubectl("apply", "-f", file);
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
    const args = ["controller", "--management", join(this.dir, "kubeconfig"), "-n", "fleet", "--dir", this.dir];
    const program = join(repositoryDir, "test", "engine", "fleet", "tiny-program.ts");
    const [first, ...others] = [...endWithParent, process.execPath, CLI, ...args, "--program", program];
    this.#controller = spawn(first!, others, { stdio: ["ignore", log, log], env: this.#env! });
    closeSync(log);
  }

  /** Kills the controller as a power cut would, without its runs. */
  async killController(): Promise<void> {
    const controller = this.#controller;
    if (!controller || controller.exitCode !== null || controller.signalCode !== null) return;
    controller.kill("SIGKILL");
    await once(controller, "exit");
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
    await this.api.stop();
    await rm(this.dir, { recursive: true, force: true });
  }

  #env: NodeJS.ProcessEnv | undefined;

  async #secret(): Promise<string[]> {
    const { pulumi } = await provide(["pulumi"]);
    this.#env = {
      ...process.env,
      PATH: `${pulumi}:${join(repositoryDir, "node_modules", ".bin")}:${process.env.PATH}`,
      PULUMI_HOME: join(this.dir, "home"),
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK: "true",
    };
    const data = {
      OS_PASSWORD: PASSWORD,
      PULUMI_CONFIG_PASSPHRASE: "passphrase",
      PULUMI_BACKEND_URL: stateFolderUrl(join(this.dir, "state")),
    };
    return Object.entries(data).map(([name, value]) => `--from-literal=${name}=${value}`);
  }
}

/** Kills a process and all that it has started, as a power cut would. */
export function killTree(pid: number): void {
  killDescendants(pid);
  process.kill(pid, "SIGKILL");
}
