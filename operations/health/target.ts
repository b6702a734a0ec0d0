import type { PluginSettings } from "../../clients/openstack/plugin-settings.ts";
import { exportStack, openStackSettings, pluginSettingsIn, type StackConfig } from "../state/stack-export.ts";
import type { StackState } from "../state/stack-state.ts";

/** Stack of the Automation API: what the check reads of it. */
export interface ReadableStack {
  /** Reads the state, with its secrets. */
  exportStack(): Promise<unknown>;
  /** Reads the configuration. */
  getAllConfig(): Promise<StackConfig>;
}

/** Stack by its name. */
export interface NamedStack {
  /** Name of the stack, like "prod" or "organization/project/prod". */
  stack: string;
  /** Folder of the stack's project. @default the current folder */
  workDir?: string;
}

/** Cluster of which only the Kubernetes API is asked. */
export interface ReadableCluster {
  /** Text of a kubeconfig, or the path of its file. */
  kubeconfig: string;
}

/** Returns the state of a stack, with its secrets, and what its configuration says of its cloud. */
export async function readStack(target: ReadableStack | NamedStack): Promise<{ state: StackState; cloud: PluginSettings }> {
  if ("stack" in target) {
    const { stack, workDir } = target;
    const [state, cloud] = await Promise.all([exportStack(stack, true, workDir), openStackSettings(stack, workDir)]);
    return { state, cloud };
  }
  const [state, config] = await Promise.all([target.exportStack(), target.getAllConfig()]);
  return { state: state as StackState, cloud: pluginSettingsIn(config) };
}
