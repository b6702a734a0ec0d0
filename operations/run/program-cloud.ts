import * as pulumi from "@pulumi/pulumi";
import { PLUGIN_SETTINGS, type PluginSettings } from "../../clients/openstack/plugin-settings.ts";

/** Returns what the stack's configuration says to Pulumi's OpenStack plugin. The environment decides what it does not say. */
export function programCloud(): PluginSettings {
  const values = PLUGIN_SETTINGS.map((name) => [name, configured((config) => config.get(name))]);
  const endpointOverrides = configured((config) => config.getObject<Record<string, string>>("endpointOverrides"));
  return { ...Object.fromEntries(values.filter(([, value]) => value)), ...(endpointOverrides ? { endpointOverrides } : {}) };
}

/** Reads a setting of Pulumi's plugin. In a stack without any configuration, the SDK (3.270) throws a TypeError. */
function configured<T>(read: (config: pulumi.Config) => T): T | undefined {
  try {
    return read(new pulumi.Config("openstack"));
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
