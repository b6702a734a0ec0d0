import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheDir, repositoryDir } from "../../../devcloud/support/paths.ts";
import { run } from "../../../devcloud/support/run.ts";
import { stateFolderUrl } from "../../../devcloud/support/state-folder.ts";
import { provide } from "../../../devcloud/toolchain/provide.ts";

export interface StateResource {
  type: string;
  id?: string;
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
  urn: string;
}

/** Folder of the tested plugins: the stand-ins by default, or official ones, to check that the tests pass with them, too. */
const plugins = process.env.CARAVAN_TEST_PLUGINS || join(repositoryDir, "devcloud/plugins/bin");

const project = `name: plugins
runtime: { name: nodejs, options: { typescript: false } }
main: program.ts
`;

/** Pulumi program in a temporary folder, run by the real engine with the stand-in plugins. */
export class Stack {
  readonly dir: string;
  /** Environment of the Pulumi CLI. */
  readonly env: Record<string, string>;

  private constructor(dir: string, env: Record<string, string>) {
    this.dir = dir;
    this.env = env;
  }

  static async create(env: Record<string, string> = {}, path: readonly string[] = []): Promise<Stack> {
    const { pulumi } = await provide(["pulumi"]);
    const dir = await mkdtemp(join(tmpdir(), "plugins-"));
    await writeFile(join(dir, "Pulumi.yaml"), project);
    await writeFile(join(dir, "package.json"), '{ "type": "module" }');
    await symlink(join(repositoryDir, "node_modules"), join(dir, "node_modules"));
    await mkdir(join(dir, "state"));
    const stack = new Stack(dir, {
      PATH: [plugins, pulumi, ...path, join(repositoryDir, "node_modules/.bin"), process.env.PATH].join(":"),
      PULUMI_HOME: join(dir, "home"),
      PULUMI_BACKEND_URL: stateFolderUrl(join(dir, "state")),
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      NODE_COMPILE_CACHE: join(cacheDir, "compiled"), // the SDKs are large
      PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK: "true",
      ...env,
    });
    await stack.pulumi("stack", "init", "test");
    return stack;
  }

  /** Runs the Pulumi CLI and returns its whole output. When it fails, throws an error with the output. */
  async pulumi(...args: string[]): Promise<string> {
    const { output, succeeded } = await this.#attempt(args);
    if (!succeeded) throw new Error(`pulumi ${args.join(" ")} failed:\n${output}`);
    return output;
  }

  async up(program: string): Promise<string> {
    await this.write(program);
    return this.pulumi("up", "--yes", "--skip-preview");
  }

  /** Runs an update that must fail, with every resource tried, and returns its whole output. */
  async failingUp(program: string): Promise<string> {
    await this.write(program);
    const { output, succeeded } = await this.#attempt(["up", "--yes", "--skip-preview", "--continue-on-error"]);
    if (succeeded) throw new Error(`the update did not fail:\n${output}`);
    return output;
  }

  async preview(program: string): Promise<string> {
    await this.write(program);
    return this.pulumi("preview", "--diff");
  }

  /** Starts an update, which the test ends by a signal. */
  async start(program: string): Promise<ChildProcess> {
    await this.write(program);
    return spawn("pulumi", ["up", "--yes", "--skip-preview", "--non-interactive"], {
      cwd: this.dir,
      env: { ...process.env, ...this.env },
      stdio: "ignore",
    });
  }

  write(program: string): Promise<void> {
    return writeFile(join(this.dir, "program.ts"), program);
  }

  async #attempt(args: readonly string[]): Promise<{ output: string; succeeded: boolean }> {
    const script = 'pulumi "$@" --non-interactive --color=never 2>&1; echo "exit status $?"';
    const printed = await run("bash", ["-c", script, "pulumi", ...args], { deadline: 60, cwd: this.dir, env: this.env });
    const [, output = "", status] = /^(.*)exit status (\d+)\n$/s.exec(printed) ?? [];
    return { output, succeeded: status === "0" };
  }

  async resources(): Promise<StateResource[]> {
    const exported = JSON.parse(await this.pulumi("stack", "export", "--show-secrets")) as { deployment: { resources?: StateResource[] } };
    return exported.deployment.resources ?? [];
  }

  /** Finds the only resource of a type. */
  async resource(type: string): Promise<StateResource> {
    const found = (await this.resources()).filter((resource) => resource.type === type);
    if (found.length !== 1) throw new Error(`${found.length} resources of type ${type} instead of one`);
    return found[0]!;
  }

  /** Reads everything that the engine has written into its backend. */
  async backend(): Promise<string> {
    const dir = join(this.dir, "state");
    const entries = await readdir(dir, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    return (await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), "utf8")))).join("\n");
  }

  async remove(): Promise<void> {
    await rm(this.dir, { recursive: true, force: true });
  }
}
