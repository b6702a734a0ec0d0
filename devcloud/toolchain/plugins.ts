import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { repositoryDir } from "../support/paths.ts";

/** Resource plugin of Pulumi, in the version that its Node.js SDK requires. */
export interface Plugin {
  name: string;
  version: string;
}

const providers = ["openstack", "command", "kubernetes"];

/** Lists the plugins that the stacks need, in the versions of package-lock.json. */
export function neededPlugins(): Plugin[] {
  return pluginsOf(JSON.parse(readFileSync(join(repositoryDir, "package-lock.json"), "utf8")));
}

/** Lists the plugins of the provider SDKs in a lock file, since package.json has only ranges of versions. */
export function pluginsOf({ packages }: { packages: Record<string, { version?: string }> }): Plugin[] {
  return providers.map((name) => {
    const { version } = packages[`node_modules/@pulumi/${name}`] ?? {};
    if (version === undefined) throw new Error(`package-lock.json has no @pulumi/${name}; run npm install`);
    return { name, version };
  });
}

/** Returns whether Pulumi finds the official plugin itself, among its downloads. */
export function isInstalled(plugin: Plugin, folder = installedPlugins()): boolean {
  const path = join(folder, `resource-${plugin.name}-v${plugin.version}`);
  // Pulumi has this file while it unpacks a plugin. It stays after an interruption.
  return existsSync(path) && !existsSync(`${path}.partial`);
}

/** Returns the file name by which Pulumi looks for a plugin on PATH. */
export function executableName(plugin: Plugin): string {
  return `pulumi-resource-${plugin.name}`;
}

function installedPlugins(): string {
  return join(process.env.PULUMI_HOME || join(homedir(), ".pulumi"), "plugins");
}
