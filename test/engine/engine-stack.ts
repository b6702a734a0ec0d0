import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { zstdDecompressSync } from "node:zlib";
import { parse, stringify } from "yaml";
import { repositoryDir } from "../../devcloud/support/paths.ts";
import { CommandFailed, run } from "../../devcloud/support/run.ts";
import { pulumiTools } from "../../devcloud/toolchain/pulumi.ts";
import type { FakeCloud } from "../fake-openstack/fake-cloud.ts";
import { type Measured, measure } from "./measured.ts";
import { killDescendants } from "./processes.ts";
import { makeProject, type Program } from "./project.ts";
import { folderBackend, type StateBackend } from "./state/backend.ts";
import { type Checkpoints, checkpointsEnvironment, isCompressed } from "./state/checkpoints.ts";

export type { Measured } from "./measured.ts";
export type { Program } from "./project.ts";

const UP = ["up", "--yes", "--skip-preview", "--suppress-outputs"];

/** OpenStack resources of a cluster, without SSH. */
const SERVERS: Program = { name: "scale", folder: "test/engine/programs/servers" };

export interface EngineOptions {
  /** Program to run. @default programs/servers */
  program?: Program;
  /** Configuration of the stack by full keys, like "scale:workers". */
  config: Record<string, unknown>;
  /** Concurrency limit of operations. @default 64 */
  parallel?: number;
  /** Timeout of each command in seconds. @default 1800 */
  deadline?: number;
  /** Backend of the state. @default a folder of the stack's own */
  backend?: StateBackend;
  /** Way to write the state at first. @default plain */
  checkpoints?: Checkpoints;
}

/** Size of a state. */
export interface StateSize {
  bytes: number;
  stored: number;
  resources: number;
  /** Number and bytes of the resources of each type, as JSON without spaces. */
  types: Record<string, { resources: number; bytes: number }>;
}

/** Stack with the real engine and OpenStack plugin, on a fake cloud. */
export class EngineStack {
  readonly #cloud: FakeCloud;
  readonly #dir: string;
  readonly #backend: StateBackend;
  readonly #environment: Record<string, string>;
  readonly #options: EngineOptions;
  #checkpoints: Checkpoints;

  private constructor(cloud: FakeCloud, dir: string, backend: StateBackend, path: readonly string[], options: EngineOptions) {
    this.#cloud = cloud;
    this.#dir = dir;
    this.#backend = backend;
    this.#environment = {
      ...cloud.environment,
      OS_CLOUD: "",
      ...backend.environment,
      PATH: [...path, join(repositoryDir, "node_modules", ".bin"), process.env.PATH ?? ""].join(":"),
      PULUMI_BACKEND_URL: backend.url,
      PULUMI_CONFIG_PASSPHRASE: randomBytes(12).toString("hex"),
      PULUMI_SKIP_UPDATE_CHECK: "true",
    };
    this.#options = options;
    this.#checkpoints = options.checkpoints ?? "plain";
  }

  static async create(cloud: FakeCloud, options: EngineOptions): Promise<EngineStack> {
    const { path } = await pulumiTools();
    const dir = await makeProject(options.program ?? SERVERS);
    const backend = options.backend ?? (await folderBackend(join(dir, "state")));
    const stack = new EngineStack(cloud, dir, backend, path, options);
    await stack.configure(options.config);
    await stack.#pulumi(["stack", "init"]);
    return stack;
  }

  /** Folder of the project, name of the stack, and variables, for operations that run Pulumi themselves. */
  get place(): { workDir: string; stack: string; environment: Readonly<Record<string, string>> } {
    return { workDir: this.#dir, stack: this.#name, environment: { ...this.#environment, ...checkpointsEnvironment(this.#checkpoints) } };
  }

  /** Runs a command of Pulumi and returns its output. */
  command(args: readonly string[]): Promise<string> {
    return this.#pulumi(args);
  }

  preview(): Promise<Measured> {
    return this.#measured(["preview"]);
  }

  /**
   * Runs `pulumi up`.
   * @param options further options, like "--replace" and a URN
   */
  up(options: readonly string[] = []): Promise<Measured> {
    return this.#measured([...UP, ...options]);
  }

  /** Runs `pulumi up --continue-on-error`, which may fail. The error is the end of Pulumi's output. */
  async attempt(options: readonly string[] = []): Promise<Measured & { error?: string }> {
    let error: string | undefined;
    const measured = await measure(this.#cloud, async () => {
      error = await this.#pulumi([...UP, "--continue-on-error", ...options]).then(
        () => undefined,
        (reason) => failureOf(reason),
      );
    });
    return error === undefined ? measured : { ...measured, error };
  }

  /** Repeats such attempts until one succeeds, up to a number, and at least once. */
  async attempts(most: number): Promise<(Measured & { error?: string })[]> {
    const all = [await this.attempt()];
    while (all.at(-1)?.error !== undefined && all.length < most) all.push(await this.attempt());
    return all;
  }

  /** Runs `pulumi up`, kills all its processes at a moment, and removes its lock. Returns false when it was done before. */
  async killedUp(isMoment: () => boolean): Promise<boolean> {
    const end = new AbortController();
    const command = this.#pulumi(UP).finally(() => end.abort());
    const killing = killAt(isMoment, end.signal);
    await command.catch((reason) => killing.then((killed) => (killed ? undefined : Promise.reject(reason))));
    if (!(await killing)) return false;
    await this.#pulumi(["cancel", "--yes"]);
    return true;
  }

  /** Sets the way in which later commands write the state. */
  write(checkpoints: Checkpoints): void {
    this.#checkpoints = checkpoints;
  }

  destroy(): Promise<Measured> {
    return this.#measured(["destroy", "--yes", "--skip-preview", "--suppress-outputs"]);
  }

  /** Replaces the configuration of the next commands. */
  async configure(config: Record<string, unknown>): Promise<void> {
    const file = join(this.#dir, `Pulumi.${this.#name}.yaml`);
    const before = existsSync(file) ? parse(await readFile(file, "utf8")) : {};
    await writeFile(file, stringify({ ...before, config }));
  }

  /** Reads an output of the stack, also a secret one. */
  async output<T>(name: string): Promise<T> {
    return JSON.parse(await this.#pulumi(["stack", "output", name, "--json", "--show-secrets"])) as T;
  }

  /** Measures the state: bytes as JSON and as stored, and the number of its resources. */
  async state(): Promise<StateSize> {
    const { stored, text } = await this.#state();
    const resources = resourcesIn(text);
    const types: StateSize["types"] = {};
    for (const [type, all] of Object.entries(Object.groupBy(resources, ({ type }) => type))) {
      types[type] = { resources: all!.length, bytes: Buffer.byteLength(JSON.stringify(all)) };
    }
    return { bytes: Buffer.byteLength(text), stored, resources: resources.length, types };
  }

  /** Finds the URN of a resource by its type and name. */
  async urn(type: string, name: string): Promise<string> {
    const found = (await this.urns(type)).find((urn) => urn.endsWith(`::${name}`));
    if (!found) throw new Error(`the stack has no "${name}" of type ${type}`);
    return found;
  }

  /** Finds the URNs of all resources of a type. */
  async urns(type: string): Promise<string[]> {
    return resourcesIn((await this.#state()).text).flatMap((resource) => (resource.type === type ? resource.urn : []));
  }

  /** Removes the project, and the state if it is in the project's folder. Objects in the cloud stay. */
  async remove(): Promise<void> {
    await rm(this.#dir, { recursive: true, force: true });
  }

  get #name(): string {
    return (this.#options.program ?? SERVERS).name;
  }

  async #state(): Promise<{ stored: number; text: string }> {
    const compressed = isCompressed(this.#checkpoints);
    const content = await this.#backend.read(`.pulumi/stacks/${this.#name}/${this.#name}.json${compressed ? ".zst" : ""}`);
    return { stored: content.length, text: (compressed ? zstdDecompressSync(content) : content).toString() };
  }

  #measured(command: readonly string[]): Promise<Measured> {
    return measure(this.#cloud, () => this.#pulumi(command));
  }

  #pulumi(args: readonly string[]): Promise<string> {
    const isOperation = ["preview", "up", "destroy"].includes(args[0]!);
    const parallel = isOperation ? ["--parallel", String(this.#options.parallel ?? 64)] : [];
    const common = ["--stack", this.#name, "--non-interactive", "--color", "never"];
    return run("pulumi", [...args, ...parallel, ...common], {
      cwd: this.#dir,
      env: { ...this.#environment, ...checkpointsEnvironment(this.#checkpoints) },
      deadline: this.#options.deadline ?? 1800,
      log: join(this.#dir, "pulumi.log"),
    });
  }
}

function resourcesIn(state: string): { urn: string; type: string }[] {
  return JSON.parse(state).checkpoint.latest?.resources ?? [];
}

function failureOf(reason: unknown): string {
  if (reason instanceof CommandFailed) return reason.output;
  throw reason;
}

/** Kills all processes that this process has started, at a moment. Returns false when the signal came first. */
async function killAt(isMoment: () => boolean, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    if (isMoment()) {
      killDescendants(process.pid);
      return true;
    }
    await setTimeout(5);
  }
  return false;
}
