import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parse, stringify } from "yaml";
import { repositoryDir } from "../../devcloud/support/paths.ts";
import { CommandFailed, run } from "../../devcloud/support/run.ts";
import { pulumiTools } from "../../devcloud/toolchain/pulumi.ts";
import type { FakeCloud } from "./openstack/fake-cloud.ts";
import { ProcessWatch, type Usage } from "./processes.ts";

const UP = ["up", "--yes", "--skip-preview"];

/** A Pulumi program of this repository. */
export interface Program {
  /** Name of its project, which its stack is called by as well. */
  name: string;
  /** Its folder in the repository, with main.ts. */
  folder: string;
}

/** The OpenStack part of a cluster, without SSH. */
const SERVERS: Program = { name: "scale", folder: "test/scale/program" };

export interface EngineOptions {
  /** What is run. @default the program beside this file */
  program?: Program;
  /** Configuration of the stack, by full keys: "scale:workers". */
  config: Record<string, unknown>;
  /** Operations at a time. @default 64 */
  parallel?: number;
  /** Seconds for each command. @default 1800 */
  deadline?: number;
}

/** What a command of Pulumi's took. */
export interface Measured {
  seconds: number;
  /** HTTP calls by kind. */
  calls: Record<string, number>;
  /** Memory and CPU by role. */
  processes: Record<string, Usage>;
}

/** A stack with the real engine and OpenStack plugin, on a fake cloud. Its state is in a folder of its own. */
export class EngineStack {
  readonly #cloud: FakeCloud;
  readonly #dir: string;
  readonly #environment: Record<string, string>;
  readonly #options: EngineOptions;

  private constructor(cloud: FakeCloud, dir: string, environment: Record<string, string>, options: EngineOptions) {
    this.#cloud = cloud;
    this.#dir = dir;
    this.#environment = environment;
    this.#options = options;
  }

  static async create(cloud: FakeCloud, options: EngineOptions): Promise<EngineStack> {
    const dir = await mkdtemp(join(tmpdir(), "caravan-scale-"));
    const stack = new EngineStack(cloud, dir, await environmentIn(dir, cloud), options);
    await makeProject(dir, stack.#program);
    await stack.configure(options.config);
    await stack.#pulumi(["stack", "init"]);
    return stack;
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
    const measured = await this.#watched(async () => {
      error = await this.#pulumi([...UP, "--continue-on-error", ...options]).then(
        () => undefined,
        (reason) => failureOf(reason),
      );
    });
    return error === undefined ? measured : { ...measured, error };
  }

  destroy(): Promise<Measured> {
    return this.#measured(["destroy", "--yes", "--skip-preview"]);
  }

  /** Replaces the configuration of the next commands. */
  async configure(config: Record<string, unknown>): Promise<void> {
    const file = join(this.#dir, `Pulumi.${this.#program.name}.yaml`);
    const before = existsSync(file) ? parse(await readFile(file, "utf8")) : {};
    await writeFile(file, stringify({ ...before, config }));
  }

  /** An output of the stack, secrets shown. */
  async output<T>(name: string): Promise<T> {
    return JSON.parse(await this.#pulumi(["stack", "output", name, "--json", "--show-secrets"])) as T;
  }

  /** Size of the state in bytes, and the number of resources in it. */
  async state(): Promise<{ bytes: number; resources: number }> {
    const { name } = this.#program;
    const text = await readFile(join(this.#dir, "state", ".pulumi", "stacks", name, `${name}.json`), "utf8");
    const resources = JSON.parse(text).checkpoint.latest?.resources ?? [];
    return { bytes: Buffer.byteLength(text), resources: resources.length };
  }

  /** Removes the state; the cloud's objects are left to whoever made the cloud. */
  async remove(): Promise<void> {
    await rm(this.#dir, { recursive: true, force: true });
  }

  get #program(): Program {
    return this.#options.program ?? SERVERS;
  }

  #measured(command: readonly string[]): Promise<Measured> {
    return this.#watched(() => this.#pulumi(command));
  }

  async #watched(work: () => Promise<unknown>): Promise<Measured> {
    this.#cloud.calls.take();
    const watch = new ProcessWatch();
    const start = performance.now();
    try {
      await work();
    } finally {
      watch.stop();
    }
    const seconds = Math.round((performance.now() - start) / 100) / 10;
    return { seconds, calls: this.#cloud.calls.take(), processes: watch.stop() };
  }

  #pulumi(args: readonly string[]): Promise<string> {
    const isOperation = ["preview", "up", "destroy"].includes(args[0]!);
    const parallel = isOperation ? ["--parallel", String(this.#options.parallel ?? 64)] : [];
    const common = ["--stack", this.#program.name, "--non-interactive", "--color", "never"];
    return run("pulumi", [...args, ...parallel, ...common], {
      cwd: this.#dir,
      env: this.#environment,
      deadline: this.#options.deadline ?? 1800,
      log: join(this.#dir, "pulumi.log"),
    });
  }
}

function failureOf(reason: unknown): string {
  if (reason instanceof CommandFailed) return reason.output;
  throw reason;
}

/** A project with the program, of which the checkout sees nothing. */
async function makeProject(dir: string, { name, folder }: Program): Promise<void> {
  const runtime = { name: "nodejs", options: { typescript: false } };
  await writeFile(join(dir, "Pulumi.yaml"), stringify({ name, main: `${basename(folder)}/main.ts`, runtime }));
  await symlink(join(repositoryDir, folder), join(dir, basename(folder)));
  await symlink(join(repositoryDir, "node_modules"), join(dir, "node_modules"));
  await mkdir(join(dir, "state"));
}

async function environmentIn(dir: string, cloud: FakeCloud): Promise<Record<string, string>> {
  const { path } = await pulumiTools();
  return {
    ...cloud.environment,
    OS_CLOUD: "",
    PATH: [...path, join(repositoryDir, "node_modules", ".bin"), process.env.PATH ?? ""].join(":"),
    PULUMI_BACKEND_URL: `file://${join(dir, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: randomBytes(12).toString("hex"),
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
}
