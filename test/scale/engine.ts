import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { repositoryDir } from "../../devcloud/support/paths.ts";
import { CommandFailed, run } from "../../devcloud/support/run.ts";
import { pulumiTools } from "../../devcloud/toolchain/pulumi.ts";
import type { FakeCloud } from "./openstack/fake-cloud.ts";
import { ProcessWatch, type Usage } from "./processes.ts";

const NAME = "scale";
const UP = ["up", "--yes", "--skip-preview"];

export interface EngineOptions {
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

/** A stack of the program beside this file, with the real engine and OpenStack plugin, on a fake cloud. Its state is in a folder of its own. */
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
    await makeProject(dir, options.config);
    const stack = new EngineStack(cloud, dir, await environmentIn(dir, cloud), options);
    await stack.#pulumi(["stack", "init"]);
    return stack;
  }

  preview(): Promise<Measured> {
    return this.#measured(["preview"]);
  }

  up(): Promise<Measured> {
    return this.#measured(UP);
  }

  /** `pulumi up`, which does what it can and may fail: then with the end of what Pulumi said. */
  async attempt(): Promise<Measured & { error?: string }> {
    let error: string | undefined;
    const measured = await this.#watched(async () => {
      error = await this.#pulumi([...UP, "--continue-on-error"]).then(
        () => undefined,
        (reason) => failureOf(reason),
      );
    });
    return error === undefined ? measured : { ...measured, error };
  }

  destroy(): Promise<Measured> {
    return this.#measured(["destroy", "--yes", "--skip-preview"]);
  }

  /** Size of the state in bytes, and the number of resources in it. */
  async state(): Promise<{ bytes: number; resources: number }> {
    const text = await readFile(join(this.#dir, "state", ".pulumi", "stacks", NAME, `${NAME}.json`), "utf8");
    const resources = JSON.parse(text).checkpoint.latest?.resources ?? [];
    return { bytes: Buffer.byteLength(text), resources: resources.length };
  }

  /** Removes the state; the cloud's objects are left to whoever made the cloud. */
  async remove(): Promise<void> {
    await rm(this.#dir, { recursive: true, force: true });
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
    const common = ["--stack", NAME, "--non-interactive", "--color", "never"];
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
async function makeProject(dir: string, config: Record<string, unknown>): Promise<void> {
  const runtime = { name: "nodejs", options: { typescript: false } };
  await writeFile(join(dir, "Pulumi.yaml"), stringify({ name: NAME, main: "program/main.ts", runtime }));
  await writeFile(join(dir, `Pulumi.${NAME}.yaml`), stringify({ config }));
  await symlink(join(repositoryDir, "test", "scale", "program"), join(dir, "program"));
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
