import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { executableName, neededPlugins } from "../../../devcloud/toolchain/plugins.ts";
import { pulumiTools } from "../../../devcloud/toolchain/pulumi.ts";

/** Loads what the SDK has: its protocol, which has no types, and the packages that it depends on. */
const ofSdk = createRequire(createRequire(import.meta.url).resolve("@pulumi/pulumi"));
const [grpc, { ResourceProviderClient }, { ConfigureRequest, InvokeRequest }, { Struct }] = [
  "@grpc/grpc-js",
  "./proto/provider_grpc_pb.js",
  "./proto/provider_pb.js",
  "google-protobuf/google/protobuf/struct_pb.js",
].map((name) => ofSdk(name));

/** Pulumi's OpenStack plugin in a process of its own, without an engine. */
export class OpenStackPlugin {
  readonly #process: ChildProcess;
  readonly #client: Record<string, (request: object) => Promise<object>>;

  private constructor(child: ChildProcess, port: string) {
    this.#process = child;
    const client = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
    const bound = (name: string) => promisify(client[name].bind(client)) as (request: object) => Promise<object>;
    this.#client = { configure: bound("configure"), invoke: bound("invoke") };
  }

  static async start(cwd: string, env: Record<string, string>): Promise<OpenStackPlugin> {
    const child = spawn(await executable(), ["127.0.0.1:1"], { cwd, env, stdio: ["ignore", "pipe", "ignore"] });
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    createInterface({ input: child.stdout! }).once("line", resolve);
    child.once("exit", () => reject(new Error("the OpenStack plugin has ended")));
    return new OpenStackPlugin(child, await promise);
  }

  async configure(settings: Record<string, string>): Promise<void> {
    const request = new ConfigureRequest();
    for (const [name, value] of Object.entries(settings)) request.getVariablesMap().set(`openstack:config:${name}`, value);
    request.setArgs(Struct.fromJavaScript(settings));
    request.setAcceptsecrets(true);
    await this.#client.configure!(request);
  }

  async invoke(token: string, args: object): Promise<void> {
    const request = new InvokeRequest();
    request.setTok(token);
    request.setArgs(Struct.fromJavaScript(args));
    await this.#client.invoke!(request);
  }

  stop(): void {
    this.#process.kill("SIGKILL");
  }
}

/** The plugin that Pulumi would take: the one on its own path, or else an installed one. */
async function executable(): Promise<string> {
  const { path } = await pulumiTools();
  const plugin = neededPlugins().find(({ name }) => name === "openstack")!;
  const installed = join(homedir(), ".pulumi", "plugins", `resource-${plugin.name}-v${plugin.version}`);
  const found = [...path, installed].map((folder) => join(folder, executableName(plugin))).find((file) => existsSync(file));
  if (!found) throw new Error(`the OpenStack plugin is in none of ${[...path, installed].join(", ")}`);
  return found;
}
