import type { PodSecuritySettings } from "./settings.ts";

/** Namespace of the cluster's own pods. Network plugins and control planes set up their hosts, so they are exempt. */
const SYSTEM_NAMESPACE = "kube-system";

/** Makes the configuration of the admission plugin PodSecurity. */
export function podSecurityConfiguration({
  enforce = "baseline",
  warn = "restricted",
  audit = "restricted",
  exemptNamespaces = [],
}: PodSecuritySettings = {}) {
  const levels = Object.entries({ enforce, audit, warn });
  return {
    apiVersion: "pod-security.admission.config.k8s.io/v1",
    kind: "PodSecurityConfiguration",
    defaults: Object.fromEntries(
      levels.flatMap(([mode, level]) => [
        [mode, level],
        [`${mode}-version`, "latest"],
      ]),
    ),
    exemptions: { namespaces: [...new Set([SYSTEM_NAMESPACE, ...exemptNamespaces])] },
  };
}
