import { ADD_ON_LABEL } from "../add-ons/object.ts";
import { defined } from "../defined.ts";
import type { Finding } from "./finding.ts";
import { type ApiServiceObject, conditionOf } from "./kubernetes-objects.ts";
import type { AddOnWorkload, ClusterObjects } from "./observations.ts";
import { daemonSetFinding, deploymentFinding, unreadyNodes } from "./workloads.ts";

interface Labelled {
  metadata: { labels?: Readonly<Record<string, string>> };
}

/**
 * Judges the add-ons by their names: their DaemonSets and Deployments, and the APIs that they serve. The cluster serves without them.
 * @param wanted workloads that the stack has made
 */
export function addOnFindings(objects: ClusterObjects, wanted: readonly AddOnWorkload[] = []): Finding[] {
  const { nodes, daemonSets, deployments, apiServices } = objects;
  const unready = unreadyNodes(nodes);
  return [
    ...wanted.filter((workload) => isMissing(workload, objects)).map(missingFinding),
    ...daemonSets.flatMap((each) => ofAddOn(each, daemonSetFinding(each, unready))),
    ...deployments.flatMap((each) => ofAddOn(each, deploymentFinding(each))),
    ...apiServices.flatMap((each) => ofAddOn(each, apiFinding(each))),
  ];
}

/** Makes findings about an object ones about the add-on whose label it has; none when it has none. */
function ofAddOn({ metadata }: Labelled, findings: readonly Finding[]): Finding[] {
  const name = metadata.labels?.[ADD_ON_LABEL];
  if (name === undefined) return [];
  return findings.map(({ severity, object, reason, ...rest }) => ({
    ...rest,
    id: "add-on-unavailable",
    severity: severity === "info" ? "info" : "warning",
    object: { kind: "add-on", name },
    reason: `${object.kind} ${object.name}: ${reason}`,
  }));
}

function isMissing({ kind, namespace, name }: AddOnWorkload, { daemonSets, deployments }: ClusterObjects): boolean {
  const there = kind === "DaemonSet" ? daemonSets : deployments;
  return !there.some(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
}

function missingFinding({ addOn, kind, namespace, name }: AddOnWorkload): Finding {
  return {
    id: "add-on-unavailable",
    severity: "warning",
    object: { kind: "add-on", name: addOn },
    reason: `${kind} ${namespace}/${name} is gone`,
    fix: "run `pulumi up --refresh`, which makes it again",
  };
}

function apiFinding(service: ApiServiceObject): Finding[] {
  const available = conditionOf(service, "Available");
  if (available?.status === "True") return [];
  const { name } = service.metadata;
  return [
    {
      id: "add-on-unavailable",
      severity: "warning",
      object: { kind: "APIService", name },
      reason: available?.message ?? "no API server has asked for it yet",
      ...defined({ since: available?.lastTransitionTime }),
      fix: `see \`kubectl describe apiservice ${name}\` and the log of the pods behind it`,
    },
  ];
}
