import { addOnFindings } from "./add-ons.ts";
import { apiFindings } from "./api.ts";
import { backupFindings } from "./backup.ts";
import { certificateFindings } from "./certificates.ts";
import { componentFindings } from "./components.ts";
import { etcdFindings, hasStackedEtcd } from "./etcd.ts";
import { memberFindings } from "./etcd-members.ts";
import { type Finding, sortedFindings } from "./finding.ts";
import { nodeFindings } from "./nodes.ts";
import { known, type Observations } from "./observations.ts";
import { serverFindings } from "./servers.ts";
import { workloadFindings } from "./workloads.ts";

/** Service that a check needs. */
export type HealthSource = "openstack" | "kubernetes";

/** Health of a cluster at one time. */
export interface HealthReport {
  /** Name of the cluster. */
  cluster: string;
  /** Time of the check, ISO 8601. */
  time: string;
  /** Findings, the worst first. */
  findings: Finding[];
  /** Services that could not be asked. What only they know was not checked. */
  unchecked: HealthSource[];
  /** 0: nothing to do; 1: findings that are critical or warnings; 2: a service could not be asked, so there may be more findings. */
  exitCode: 0 | 1 | 2;
}

/** Findings that mean that a service was not asked, or had nothing to say about this cluster. */
const UNCHECKED: Partial<Record<Finding["id"], HealthSource>> = {
  "openstack-unreachable": "openstack",
  "servers-unknown": "openstack",
  "api-unreachable": "kubernetes",
};

/** Judges what was read of a cluster. */
export function judgeHealth(observations: Observations): HealthReport {
  const { cluster, time, api } = observations;
  const servers = serverFindings(observations);
  const absent = new Set(servers.filter(({ object }) => object.id !== undefined).map(({ object }) => object.name));
  const objects = known(api?.objects);
  const findings = sortedFindings([
    ...servers,
    ...apiFindings(observations),
    ...etcdFindings(observations, absent),
    ...(objects ? nodeFindings(observations, objects, absent) : []),
    ...(objects ? componentFindings(objects, hasStackedEtcd(observations)) : []),
    ...(objects ? workloadFindings(objects) : []),
    ...(objects ? addOnFindings(objects, observations.addOns) : []),
    ...memberFindings(observations),
    ...backupFindings(observations),
    ...certificateFindings(observations),
  ]);
  const unchecked = [...new Set(findings.flatMap(({ id }) => UNCHECKED[id] ?? []))];
  // An API server that is not ready may not list anything.
  if (api && !objects && !unchecked.includes("kubernetes")) unchecked.push("kubernetes");
  return { cluster, time, findings, unchecked, exitCode: exitCode(findings, unchecked) };
}

function exitCode(findings: readonly Finding[], unchecked: readonly HealthSource[]): HealthReport["exitCode"] {
  if (unchecked.length > 0) return 2;
  return findings.some(({ severity }) => severity !== "info") ? 1 : 0;
}
