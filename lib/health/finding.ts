/**
 * Ids of findings. They are stable, so that alerts and scripts can go by them; docs/how-to/check-health.md says what each means.
 */
export const FINDING_IDS = [
  "openstack-unreachable",
  "servers-unknown",
  "server-lost",
  "server-error",
  "server-stopped",
  "api-unreachable",
  "api-not-ready",
  "node-missing",
  "node-not-ready",
  "node-pressure",
  "node-cordoned",
  "node-version",
  "component-missing",
  "component-not-ready",
  "etcd-no-majority",
  "etcd-member-failed",
  "etcd-no-leader",
  "etcd-alarm",
  "etcd-learner",
  "etcd-member-foreign",
  "backup-overdue",
  "backup-failed",
  "backup-drill-failed",
  "machine-unasked",
  "workload-not-rolled-out",
  "add-on-unavailable",
  "certificate-expired",
  "certificate-expiring",
] as const;

export type FindingId = (typeof FINDING_IDS)[number];

/**
 * Severities, the worst first. "critical": the cluster does not serve, or the next failure may stop it. "warning": it serves with less than
 * it should have, or soon will. "info": nothing needs to be done.
 */
export const SEVERITIES = ["critical", "warning", "info"] as const;

export type Severity = (typeof SEVERITIES)[number];

/** Object of a finding. */
export interface FindingObject {
  /** Kind, like "worker", "control plane", "member of etcd", "bastion", "Node", "API", "OpenStack", "etcd", "Deployment", "add-on", and "CA". */
  kind: string;
  /** Name of the machine, of the Node, or of another object of this kind. */
  name: string;
  /** Id of the server. @default the object is no server of the stack */
  id?: string;
  /** URN of the resource in the stack, for `pulumi up --replace`. @default the object is no resource of the stack */
  urn?: string;
}

/** Something in a cluster that is not as it should be. */
export interface Finding {
  id: FindingId;
  severity: Severity;
  object: FindingObject;
  /** Problem, in a sentence. */
  reason: string;
  /** Time since which it is so, ISO 8601. @default not known */
  since?: string;
  /** Remedy, in a sentence. */
  fix: string;
}

/** Sorts findings: the worst first, and each severity in the order in which it was found. */
export function sortedFindings(findings: readonly Finding[]): Finding[] {
  return [...findings].sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
}
