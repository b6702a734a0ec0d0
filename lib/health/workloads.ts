import { ADD_ON_LABEL } from "../add-ons/object.ts";
import { defined } from "../defined.ts";
import type { Finding } from "./finding.ts";
import { conditionOf, type DaemonSetObject, type DeploymentObject, isReady } from "./kubernetes-objects.ts";
import type { ClusterObjects } from "./observations.ts";

/**
 * Judges the rollout of the cluster's own DaemonSets and Deployments, but for those of add-ons. Pods that a DaemonSet lacks on Nodes that are not ready are no
 * finding of their own.
 */
export function workloadFindings({ nodes, daemonSets, deployments }: ClusterObjects): Finding[] {
  const isOwn = ({ metadata }: DaemonSetObject | DeploymentObject) => metadata.labels?.[ADD_ON_LABEL] === undefined;
  const unready = unreadyNodes(nodes);
  return [
    ...daemonSets.filter(isOwn).flatMap((each) => daemonSetFinding(each, unready)),
    ...deployments.filter(isOwn).flatMap(deploymentFinding),
  ];
}

/** Counts the Nodes on which a DaemonSet may lack its pods. */
export function unreadyNodes(nodes: ClusterObjects["nodes"]): number {
  return nodes.filter((node) => !isReady(node)).length;
}

/** Judges the rollout of a DaemonSet. */
export function daemonSetFinding({ metadata, spec, status = {} }: DaemonSetObject, unready: number): Finding[] {
  const { desiredNumberScheduled: desired = 0, numberAvailable: available = 0, updatedNumberScheduled: updated = 0 } = status;
  const isByHand = spec?.updateStrategy?.type === "OnDelete";
  const missing = desired - (isByHand ? available : Math.min(available, updated));
  if (missing <= unready && isObserved(metadata, status)) return [];
  return [
    {
      id: "workload-not-rolled-out",
      severity: available === 0 ? "critical" : "warning",
      object: { kind: "DaemonSet", name: nameOf(metadata) },
      reason: `of ${desired} pods, ${available} are available and ${updated} up to date`,
      fix: adviceOn("daemonset", metadata),
    },
  ];
}

/** Judges the rollout of a Deployment. */
export function deploymentFinding(deployment: DeploymentObject): Finding[] {
  const { metadata, spec, status = {} } = deployment;
  const { replicas: wanted = 1 } = spec ?? {};
  const { availableReplicas: available = 0, updatedReplicas: updated = 0 } = status;
  if (available >= wanted && updated >= wanted && isObserved(metadata, status)) return [];
  const progress = conditionOf(deployment, "Progressing");
  const isUnderWay = progress?.status === "True" && progress.reason !== "NewReplicaSetAvailable";
  const availability = conditionOf(deployment, "Available");
  return [
    {
      id: "workload-not-rolled-out",
      severity: available === 0 ? "critical" : isUnderWay ? "info" : "warning",
      object: { kind: "Deployment", name: nameOf(metadata) },
      reason: `of ${wanted} pods, ${available} are available and ${updated} up to date`,
      ...defined({ since: availability?.status === "False" ? availability.lastTransitionTime : undefined }),
      fix: adviceOn("deployment", metadata),
    },
  ];
}

function isObserved({ generation = 0 }: { generation?: number }, { observedGeneration = 0 }: { observedGeneration?: number }): boolean {
  return observedGeneration >= generation;
}

function nameOf({ namespace, name }: { namespace: string; name: string }): string {
  return `${namespace}/${name}`;
}

function adviceOn(kind: string, { namespace, name }: { namespace: string; name: string }): string {
  return `see \`kubectl -n ${namespace} describe ${kind} ${name}\` and \`kubectl -n ${namespace} get pods -o wide\``;
}
