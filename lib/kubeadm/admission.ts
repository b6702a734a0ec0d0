import { toYaml } from "../yaml.ts";
import { eventRateLimitConfiguration } from "./event-rate-limits.ts";
import { podSecurityConfiguration } from "./pod-security.ts";
import type { EventRateLimit, PodSecuritySettings } from "./settings.ts";

/** Settings of the API server's admission plugins. */
export interface AdmissionArgs {
  podSecurity?: PodSecuritySettings | undefined;
  eventRateLimits?: readonly EventRateLimit[] | undefined;
}

/**
 * Admission plugins beside Kubernetes' defaults. With them, nodes change only themselves and their pods, Services claim no external IPs,
 * and nobody floods etcd with events.
 */
const PLUGINS = ["NodeRestriction", "DenyServiceExternalIPs", "EventRateLimit"];

/** Writes the API server's AdmissionConfiguration. */
export function admissionConfiguration({ podSecurity, eventRateLimits }: AdmissionArgs): string {
  const configurations = {
    EventRateLimit: eventRateLimitConfiguration(eventRateLimits),
    PodSecurity: podSecurityConfiguration(podSecurity),
  };
  return toYaml({
    apiVersion: "apiserver.config.k8s.io/v1",
    kind: "AdmissionConfiguration",
    plugins: Object.entries(configurations).map(([name, configuration]) => ({ name, configuration })),
  });
}

/**
 * Makes the API server's arguments about admission plugins. A user's plugins come beside the library's, because a user who adds one does
 * not mean to lose NodeRestriction. Plugins that the user disables are left out.
 */
export function admissionPlugins(own: Readonly<Record<string, string | string[]>> = {}): Record<string, string> {
  const disabled = namesIn(own["disable-admission-plugins"]);
  const enabled = new Set([...PLUGINS, ...namesIn(own["enable-admission-plugins"])]);
  return { "enable-admission-plugins": [...enabled].filter((plugin) => !disabled.includes(plugin)).join(",") };
}

function namesIn(list: string | string[] = ""): string[] {
  return [list]
    .flat()
    .join(",")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}
