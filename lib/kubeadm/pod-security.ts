/** Levels of the Pod Security Standards, from no limits to the most. */
export const PodSecurityLevel = { privileged: "privileged", baseline: "baseline", restricted: "restricted" } as const;
export type PodSecurityLevel = (typeof PodSecurityLevel)[keyof typeof PodSecurityLevel];

/** Pod Security levels of namespaces without labels of their own (https://kubernetes.io/docs/concepts/security/pod-security-standards/). */
export interface PodSecurityArgs {
  /** Level below which a pod is refused. @default "baseline" */
  enforce?: PodSecurityLevel;
  /** Level below which whoever creates a pod is warned. @default "restricted" */
  warn?: PodSecurityLevel;
  /** Level below which the audit log notes a pod. @default "restricted" */
  audit?: PodSecurityLevel;
  /** Namespaces that are exempt, beside kube-system. @default none */
  exemptNamespaces?: string[];
}

/** Namespace of what runs the cluster: network plugins and control planes set up their hosts. */
const SYSTEM_NAMESPACE = "kube-system";

/** Configuration of the admission plugin PodSecurity. */
export function podSecurityConfiguration({
  enforce = "baseline",
  warn = "restricted",
  audit = "restricted",
  exemptNamespaces = [],
}: PodSecurityArgs = {}) {
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
