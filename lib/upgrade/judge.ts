import { isControlPlane, isReady, type NodeObject } from "../health/kubernetes-objects.ts";
import { obstacleOfEtcd } from "./etcd-versions.ts";
import { isKubeletTooOld, obstacleOfStep } from "./kubernetes-versions.ts";
import { compareVersions } from "./versions.ts";

/** Versions of a cluster. */
export interface Versions {
  kubernetes: string;
  /** Tag of etcd's image. @default kubeadm's for the version of Kubernetes */
  etcd?: string | undefined;
}

/** PodDisruptionBudget that allows no disruption now. */
export interface TightBudget {
  /** Namespace and name. */
  name: string;
  /** True when all of its pods are healthy, so that waiting does not help. */
  isSettled: boolean;
  /** Namespace and name of its pods, with their nodes. */
  pods: readonly { name: string; node: string }[];
}

/** State of a cluster before its upgrade, as its API tells it. */
export interface UpgradeFacts {
  /** Checks of /readyz that fail. */
  failedChecks: readonly string[];
  nodes: readonly NodeObject[];
  /** Versions of the API servers. */
  apiServers: readonly string[];
  /** Versions of etcd on the control planes; none with an etcd on machines of its own. */
  etcdMembers: readonly string[];
  budgets: readonly TightBudget[];
  /** APIs that clients have asked for since the API server's start, and that a later version removes. */
  deprecated: readonly { api: string; removedIn: string }[];
}

/** Obstacles to an upgrade, and warnings before it. */
export interface UpgradeJudgement {
  obstacles: string[];
  warnings: string[];
}

/** Most pods of a budget that are named. */
const NAMED_PODS = 3;

/** Decides by the recorded versions alone. */
export function judgeVersions(from: Versions, to: Versions): string[] {
  const step = obstacleOfStep(from.kubernetes, to.kubernetes);
  return step === undefined ? [] : [step];
}

/** Decides whether a cluster can be upgraded now. */
export function judgeUpgrade(to: Versions, facts: UpgradeFacts): UpgradeJudgement {
  const obstacles = [
    ...facts.failedChecks.map(obstacleOfCheck),
    ...[...new Set(facts.apiServers)].flatMap((version) => obstacleOfStep(version, to.kubernetes) ?? []),
    ...(to.etcd === undefined ? [] : [obstacleOfEtcd(facts.etcdMembers, to.etcd) ?? []].flat()),
    ...facts.nodes.flatMap((node) => obstacleOfNode(node, to) ?? []),
    ...facts.budgets.filter(({ isSettled }) => isSettled).flatMap((budget) => messageOfBudget(budget, facts.nodes, to) ?? []),
  ];
  const warnings = [
    ...facts.nodes.filter((node) => !isControlPlane(node) && !isReady(node)).map(({ metadata }) => messageOfNode(metadata.name)),
    ...facts.budgets.filter(({ isSettled }) => !isSettled).flatMap((budget) => messageOfBudget(budget, facts.nodes, to) ?? []),
    ...facts.deprecated.filter(({ removedIn }) => compareVersions(removedIn, to.kubernetes) <= 0).map(messageOfClients),
  ];
  return { obstacles: [...new Set(obstacles)], warnings };
}

function obstacleOfCheck(check: string): string {
  return `an API server is not ready: ${check} of /readyz fails; see the logs of kube-apiserver and etcd on the control planes`;
}

function messageOfClients({ api, removedIn }: UpgradeFacts["deprecated"][number]): string {
  return `clients have asked for ${api}, which Kubernetes ${removedIn} no longer has; change them before`;
}

function obstacleOfNode(node: NodeObject, { kubernetes }: Versions): string | undefined {
  const { name } = node.metadata;
  const kubelet = kubeletOf(node);
  if (kubelet !== undefined && isKubeletTooOld(kubelet, kubernetes))
    return `the kubelet of ${name} is ${kubelet}, more than 3 minor versions older than ${kubernetes}; upgrade its pool first, or remove the node`;
  if (isControlPlane(node) && !isReady(node))
    return `control plane ${name} is not Ready, and while it is not, no other one restarts; start it again, or replace its machine`;
  return undefined;
}

function messageOfNode(name: string): string {
  return `node ${name} is not Ready, and counts as unavailable in its pool; start it again, or replace its machine`;
}

/** Writes that a budget stops the drain of nodes; `undefined` when its pods are on no node that is drained. */
function messageOfBudget(
  { name, isSettled, pods }: TightBudget,
  nodes: readonly NodeObject[],
  { kubernetes }: Versions,
): string | undefined {
  const drained = new Set(nodes.filter((node) => kubeletOf(node) !== `v${kubernetes}`).map(({ metadata }) => metadata.name));
  const named = pods.filter(({ node }) => drained.has(node));
  if (named.length === 0) return undefined;
  const list = named.slice(0, NAMED_PODS).map((pod) => `${pod.name} on ${pod.node}`);
  const more = named.length > NAMED_PODS ? `, and ${named.length - NAMED_PODS} more` : "";
  const when = isSettled ? "allows no disruption, although all of its pods are healthy" : "allows no disruption now";
  return `PodDisruptionBudget ${name} ${when}, so the drain of their nodes would not end: ${list.join(", ")}${more}; start more replicas, or change the budget`;
}

function kubeletOf({ status }: NodeObject): string | undefined {
  return status?.nodeInfo?.kubeletVersion;
}
