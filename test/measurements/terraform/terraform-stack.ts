import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../../devcloud/support/run.ts";
import { provide } from "../../../devcloud/toolchain/provide.ts";
import { createSshKey } from "../../../lib/ssh/key.ts";
import { type Measured, measure } from "../../engine/measured.ts";
import type { FakeCloud } from "../../fake-openstack/fake-cloud.ts";

export interface TerraformOptions {
  /** Values of main.tf's variables, except the key. */
  variables: Record<string, number>;
  /** Number of concurrent operations. */
  parallel: number;
  /** Seconds for each command. @default 1800 */
  deadline?: number;
}

/** Configuration beside this file with the real Terraform and its OpenStack provider, on a fake cloud. */
export class TerraformStack {
  readonly #cloud: FakeCloud;
  readonly #dir: string;
  readonly #environment: Record<string, string>;
  readonly #options: TerraformOptions;

  private constructor(cloud: FakeCloud, dir: string, terraform: string, options: TerraformOptions) {
    this.#cloud = cloud;
    this.#dir = dir;
    this.#environment = {
      ...cloud.environment,
      OS_CLOUD: "",
      PATH: `${terraform}:${process.env.PATH ?? ""}`,
      TF_CLI_CONFIG_FILE: join(dir, "terraform.rc"),
      CHECKPOINT_DISABLE: "true",
    };
    this.#options = options;
  }

  static async create(cloud: FakeCloud, options: TerraformOptions): Promise<TerraformStack> {
    const { terraform, "terraform-provider-openstack": provider } = await provide(["terraform", "terraform-provider-openstack"]);
    const dir = await mkdtemp(join(tmpdir(), "caravan-scale-terraform-"));
    await copyFile(join(import.meta.dirname, "main.tf"), join(dir, "main.tf"));
    await writeFile(join(dir, "terraform.rc"), cliConfiguration(provider));
    const stack = new TerraformStack(cloud, dir, terraform, options);
    await stack.configure(options.variables);
    return stack;
  }

  /** Sets the variables for the next commands. Each run has a new key, like the Pulumi program. */
  async configure(variables: Record<string, number>): Promise<void> {
    const file = join(this.#dir, "terraform.tfvars.json");
    const key = await readFile(file, "utf8").then(
      (text) => JSON.parse(text).public_key as string,
      () => createSshKey("scale").publicKey,
    );
    await writeFile(file, JSON.stringify({ ...variables, public_key: key }));
  }

  plan(): Promise<Measured> {
    return this.#measured(["plan"]);
  }

  /** @param options further options of `terraform apply`, like "-refresh=false" */
  apply(options: readonly string[] = []): Promise<Measured> {
    return this.#measured(["apply", "-auto-approve", ...options]);
  }

  destroy(): Promise<Measured> {
    return this.#measured(["destroy", "-auto-approve"]);
  }

  /** Returns the size of the state in bytes, and its number of resources. */
  async state(): Promise<{ bytes: number; resources: number }> {
    const text = await readFile(join(this.#dir, "terraform.tfstate"), "utf8");
    const resources = JSON.parse(text).resources as { mode: string; instances: unknown[] }[];
    const managed = resources.filter(({ mode }) => mode === "managed").flatMap(({ instances }) => instances);
    return { bytes: Buffer.byteLength(text), resources: managed.length };
  }

  /** Removes configuration and state. Objects on the cloud stay. */
  async remove(): Promise<void> {
    await rm(this.#dir, { recursive: true, force: true });
  }

  #measured(command: readonly string[]): Promise<Measured> {
    const { parallel, deadline = 1800 } = this.#options;
    const args = [...command, `-parallelism=${parallel}`, "-input=false", "-no-color"];
    const options = { cwd: this.#dir, env: this.#environment, deadline, log: join(this.#dir, "terraform.log") };
    return measure(this.#cloud, () => run("terraform", args, options));
  }
}

/** Makes Terraform load the provider from a folder instead of a registry, without a download or `init`. */
export function cliConfiguration(providerFolder: string): string {
  return `provider_installation {
  dev_overrides {
    "terraform-provider-openstack/openstack" = ${JSON.stringify(providerFolder)}
  }
  direct {}
}
`;
}
