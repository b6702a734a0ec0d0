import { toYaml } from "../yaml.ts";
import { eventRateLimitConfiguration } from "./event-rate-limits.ts";
import { podSecurityConfiguration } from "./pod-security.ts";
import type { EventRateLimit, PodSecuritySettings } from "./settings.ts";

/** What the API server admits. */
export interface AdmissionArgs {
  podSecurity?: PodSecuritySettings | undefined;
  eventRateLimits?: readonly EventRateLimit[] | undefined;
}

/** Admission plugins beside Kubernetes' own: nodes change only themselves and their pods, nobody claims foreign addresses, nobody floods etcd with events. */
const PLUGINS = ["NodeRestriction", "DenyServiceExternalIPs", "EventRateLimit"];

/** Settings of admission plugins. */
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
 * The API server's arguments about admission plugins: a user's come beside the library's, because whoever adds one does not mean to lose
 * NodeRestriction, and those that the user disables are left out.
 */
export function admissionPlugins(own: Readonly<Record<string, string>> = {}): Record<string, string> {
  const disabled = namesIn(own["disable-admission-plugins"]);
  const enabled = new Set([...PLUGINS, ...namesIn(own["enable-admission-plugins"])]);
  return { "enable-admission-plugins": [...enabled].filter((plugin) => !disabled.includes(plugin)).join(",") };
}

function namesIn(list = ""): string[] {
  return list
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}
