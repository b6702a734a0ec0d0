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

const UP = ["up", "--yes", "--skip-preview"];

/** The OpenStack part of a cluster, without SSH. */
const SERVERS: Program = { name: "scale", folder: "test/engine/programs/servers" };

export interface EngineOptions {
  /** What is run. @default programs/servers */
  program?: Program;
  /** Configuration of the stack, by full keys: "scale:workers". */
  config: Record<string, unknown>;
  /** Operations at a time. @default 64 */
  parallel?: number;
  /** Seconds for each command. @default 1800 */
  deadline?: number;
  /** Where the state is. @default a folder of the stack's own */
  backend?: StateBackend;
  /** How the state is written at first. @default plain */
  checkpoints?: Checkpoints;
}

/** How large a state is. */
export interface StateSize {
  bytes: number;
  stored: number;
  resources: number;
  /** Number and bytes of the resources of each type, without the spaces between. */
  types: Record<string, { resources: number; bytes: number }>;
}

/** A stack with the real engine and OpenStack plugin, on a fake cloud. */
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

  /** Runs a command of pulumi's and gives what it printed. */
  command(args: readonly string[]): Promise<string> {
    return this.#pulumi(args);
  }

  preview(): Promise<Measured> {
    return this.#measured(["preview"]);
  }

  /** @param options more of `pulumi up`, like "--replace" and a URN */
  up(options: readonly string[] = []): Promise<Measured> {
    return this.#measured([...UP, ...options]);
  }

  /** `pulumi up`, which does what it can and may fail: then with the end of what Pulumi said. */
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

  /** Such attempts, until one does all or there were so many, at least one. */
  async attempts(most: number): Promise<(Measured & { error?: string })[]> {
    const all = [await this.attempt()];
    while (all.at(-1)?.error !== undefined && all.length < most) all.push(await this.attempt());
    return all;
  }

  /** `pulumi up`, all of whose processes are killed without notice at a moment, and its lock removed; false when it was done before. */
  async killedUp(isMoment: () => boolean): Promise<boolean> {
    const end = new AbortController();
    const command = this.#pulumi(UP).finally(() => end.abort());
    const killing = killAt(isMoment, end.signal);
    await command.catch((reason) => killing.then((killed) => (killed ? undefined : Promise.reject(reason))));
    if (!(await killing)) return false;
    await this.#pulumi(["cancel", "--yes"]);
    return true;
  }

  /** Has later commands write the state in a way. */
  write(checkpoints: Checkpoints): void {
    this.#checkpoints = checkpoints;
  }

  destroy(): Promise<Measured> {
    return this.#measured(["destroy", "--yes", "--skip-preview"]);
  }

  /** Replaces the configuration of the next commands. */
  async configure(config: Record<string, unknown>): Promise<void> {
    const file = join(this.#dir, `Pulumi.${this.#name}.yaml`);
    const before = existsSync(file) ? parse(await readFile(file, "utf8")) : {};
    await writeFile(file, stringify({ ...before, config }));
  }

  /** An output of the stack, secrets shown. */
  async output<T>(name: string): Promise<T> {
    return JSON.parse(await this.#pulumi(["stack", "output", name, "--json", "--show-secrets"])) as T;
  }

  /** Size of the state in bytes, as JSON and as it is stored, and the number of resources in it. */
  async state(): Promise<StateSize> {
    const { stored, text } = await this.#state();
    const resources = resourcesIn(text);
    const types: StateSize["types"] = {};
    for (const [type, all] of Object.entries(Object.groupBy(resources, ({ type }) => type))) {
      types[type] = { resources: all!.length, bytes: Buffer.byteLength(JSON.stringify(all)) };
    }
    return { bytes: Buffer.byteLength(text), stored, resources: resources.length, types };
  }

  /** The URN of the resource of a type that the program calls by a name. */
  async urn(type: string, name: string): Promise<string> {
    const found = (await this.urns(type)).find((urn) => urn.endsWith(`::${name}`));
    if (!found) throw new Error(`the stack has no "${name}" of type ${type}`);
    return found;
  }

  /** The URNs of all resources of a type. */
  async urns(type: string): Promise<string[]> {
    return resourcesIn((await this.#state()).text).flatMap((resource) => (resource.type === type ? resource.urn : []));
  }

  /** Removes the project, with the state if that is in a folder of its own; the cloud's objects are left to whoever made the cloud. */
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

/** Kills everything that this process has started, at a moment; false when the signal came first. */
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
