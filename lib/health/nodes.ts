import { defined } from "../defined.ts";
import type { Finding, FindingObject, Severity } from "./finding.ts";
import { type Condition, conditionOf, isControlPlane, type NodeObject } from "./kubernetes-objects.ts";
import { type ClusterObjects, known, type Machine, type Observations } from "./observations.ts";
import { skewOf } from "./version-skew.ts";

/** Minutes after a server's creation in which its Node may still be missing or not ready. */
const SETTLING_MINUTES = 15;

/** Hours after which a cordoned Node counts as forgotten. */
const CORDONED_HOURS = 24;

/** Conditions by which a kubelet says that its machine runs short of something. */
const PRESSURES = ["MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable"];

/**
 * Judges the Nodes.
 * @param absent names of machines that do not run, which have a finding already
 */
export function nodeFindings(observations: Observations, objects: ClusterObjects, absent: ReadonlySet<string>): Finding[] {
  const present = objects.nodes.filter(({ metadata }) => !absent.has(metadata.name));
  return [
    ...missingNodes(observations, objects, absent),
    ...present.flatMap((node) => [
      ...readiness(observations, node),
      ...pressures(observations, node),
      ...cordon(observations, node),
      ...version(observations, node, objects.version),
    ]),
  ];
}

function missingNodes(observations: Observations, { nodes }: ClusterObjects, absent: ReadonlySet<string>): Finding[] {
  const names = new Set(nodes.map(({ metadata }) => metadata.name));
  const machines = observations.machines.filter(({ role }) => role === "worker" || role === "control plane");
  const expected = [...machines.map(({ name }) => name), ...observations.imported];
  return expected
    .filter((name) => !names.has(name) && !absent.has(name))
    .map((name) => {
      const object = objectOf(observations, name);
      return {
        id: "node-missing",
        severity: severityOf(observations, name, object.kind === "control plane"),
        object,
        reason: isSettling(observations, name) ? "the machine is new, and has not joined yet" : "the machine is no Node of the cluster",
        fix: "run `pulumi up`, which makes it join",
      };
    });
}

function readiness(observations: Observations, node: NodeObject): Finding[] {
  const { name } = node.metadata;
  const ready = conditionOf(node, "Ready");
  if (ready?.status === "True") return [];
  const object = objectOf(observations, name);
  const said = ready?.message ? `: ${ready.message}` : "";
  const look = "look at it over SSH (`systemctl status kubelet`, `journalctl -u kubelet`)";
  return [
    {
      id: "node-not-ready",
      severity: severityOf(observations, name, isControlPlane(node)),
      object,
      reason: ready?.status === "False" ? `its kubelet is not ready${said}` : "its kubelet does not report",
      ...defined({ since: ready?.lastTransitionTime }),
      fix: object.urn === undefined ? look : `${look}, or replace it with \`pulumi up --replace '${object.urn}'\``,
    },
  ];
}

function pressures(observations: Observations, node: NodeObject): Finding[] {
  const conditions = PRESSURES.map((type) => conditionOf(node, type)).filter(
    (condition): condition is Condition => condition?.status === "True",
  );
  return conditions.map(({ type, message, lastTransitionTime }) => ({
    id: "node-pressure",
    severity: "warning",
    object: objectOf(observations, node.metadata.name),
    reason: `${type}${message ? `: ${message}` : ""}`,
    ...defined({ since: lastTransitionTime }),
    fix:
      type === "NetworkUnavailable"
        ? "see the pods of the network plugin on this Node"
        : "free what the Node runs short of, or give the pool machines with more of it",
  }));
}

function cordon(observations: Observations, { metadata: { name }, spec = {} }: NodeObject): Finding[] {
  if (!spec.unschedulable) return [];
  const since = spec.taints?.find(({ key }) => key === "node.kubernetes.io/unschedulable")?.timeAdded;
  const isForgotten = since !== undefined && minutesBetween(since, observations.time) > CORDONED_HOURS * 60;
  return [
    {
      id: "node-cordoned",
      severity: isForgotten ? "warning" : "info",
      object: objectOf(observations, name),
      reason: "it is cordoned, and takes no new pods",
      ...defined({ since }),
      fix: `have it take pods again with \`kubectl uncordon ${name}\``,
    },
  ];
}

function version(observations: Observations, { metadata: { name }, status }: NodeObject, api: string): Finding[] {
  const kubelet = status?.nodeInfo?.kubeletVersion ?? "";
  const skew = skewOf(kubelet, api);
  if (skew === "none") return [];
  return [
    {
      id: "node-version",
      severity: skew === "allowed" ? "info" : "warning",
      object: objectOf(observations, name),
      reason: `its kubelet is ${kubelet}, the API server is ${api}`,
      fix: "replace the machine with one that has the version of the API server: a kubelet may be three minor versions older, and never newer",
    },
  ];
}

/** Returns the object of a Node: the machine of the stack, if it is one. */
function objectOf({ machines, imported }: Observations, name: string): FindingObject {
  const machine = machines.find((each) => each.name === name);
  if (machine) return { kind: machine.role, name, id: machine.id, urn: machine.urn };
  return { kind: imported.includes(name) ? "imported worker" : "Node", name };
}

function severityOf(observations: Observations, name: string, isControlPlane: boolean): Severity {
  if (isSettling(observations, name)) return "info";
  return isControlPlane ? "critical" : "warning";
}

/** Returns whether a machine was created so short a time ago that it may still be joining. */
function isSettling({ machines, servers, time }: Observations, name: string): boolean {
  const machine: Machine | undefined = machines.find((each) => each.name === name);
  const created = known(servers)?.find(({ id }) => id === machine?.id)?.created;
  return created !== undefined && minutesBetween(created, time) < SETTLING_MINUTES;
}

function minutesBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 60_000;
}
