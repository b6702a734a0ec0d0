import * as pulumi from "@pulumi/pulumi";
import { clusterAccess } from "../../clients/kubernetes/access.ts";
import { Kubernetes } from "../../clients/kubernetes/client.ts";
import { isValidCluster } from "../../lib/cluster/rules.ts";
import type { KubernetesClusterArgs } from "../../lib/cluster/settings.ts";
import { DEFAULT_CILIUM_VERSION } from "../../lib/cni/cilium-version.ts";
import { reasonOf } from "../../lib/reason.ts";
import { judgeUpgrade, judgeVersions, type UpgradeJudgement, type Versions } from "../../lib/upgrade/judge.ts";
import { messageOnCilium } from "../../lib/upgrade/network-plugins.ts";
import { wantedVersions } from "../../lib/upgrade/wanted-versions.ts";
import { clusterPart } from "../health/cluster-part.ts";
import { openPrivateApi } from "../health/private-api.ts";
import type { Run } from "../run/run.ts";
import { clusterIn } from "../state/cluster-name.ts";
import type { StackState } from "../state/stack-state.ts";
import { upgradeFacts } from "./cluster-facts.ts";
import { firstVersion, recordedVersions } from "./recorded-versions.ts";

/** Timeout of one request in seconds. */
const SECONDS = 20;

/** Error about an upgrade that is not possible now. Pulumi shows it without a stack trace. */
export class UpgradeRefused extends pulumi.RunError {
  readonly obstacles: readonly string[];

  constructor(cluster: string, from: Versions, to: Versions, obstacles: readonly string[]) {
    const list = obstacles.map((obstacle) => `  ${obstacle}`).join("\n");
    super(`Kubernetes cluster "${cluster}" cannot be upgraded from ${text(from)} to ${text(to)} now, and nothing was changed:\n${list}`);
    this.obstacles = obstacles;
  }
}

/**
 * Checks whether an upgrade is possible that a run would begin, as one of the steps of prepareRun. Without a changed version, nothing is
 * asked. An API that does not answer is a warning: each machine checks what it needs itself.
 */
export async function checkUpgradeOf(cluster: string, args: KubernetesClusterArgs, run: Pick<Run, "state" | "secrets">): Promise<void> {
  // Invalid arguments are reported by the component.
  if (!isValidCluster(cluster, args)) return;
  const to = wantedVersions(args);
  const from = await versionsBefore(cluster, run);
  if (from === undefined || (from.kubernetes === to.kubernetes && from.etcd === to.etcd)) return;
  const { obstacles, warnings } = await judge(cluster, args, from, to, run);
  for (const warning of warnings) pulumi.log.warn(`before the upgrade to ${text(to)}: ${warning}`);
  if (obstacles.length > 0) throw new UpgradeRefused(cluster, from, to, obstacles);
}

/** Returns the versions that the state records; `undefined` for a cluster that is not made yet. */
async function versionsBefore(cluster: string, { state, secrets }: Pick<Run, "state" | "secrets">): Promise<Versions | undefined> {
  try {
    const plain = await state();
    if (clusterIn(plain) === undefined) return undefined;
    return recordedVersions(plain, cluster) ?? firstVersion(await secrets(), cluster);
  } catch (error) {
    pulumi.log.warn(`the stack's state was not read, so an upgrade is not checked beforehand: ${reasonOf(error)}`);
    return undefined;
  }
}

async function judge(
  cluster: string,
  { cni }: KubernetesClusterArgs,
  from: Versions,
  to: Versions,
  { secrets }: Pick<Run, "secrets">,
): Promise<UpgradeJudgement> {
  const impossible = judgeVersions(from, to);
  const plugin =
    cni === undefined || cni.type === "cilium" ? messageOnCilium(cni?.version ?? DEFAULT_CILIUM_VERSION, to.kubernetes) : undefined;
  const advice = plugin === undefined ? [] : [plugin];
  try {
    const { obstacles, warnings } = judgeUpgrade(to, await factsOf(await secrets(), cluster));
    // The step is impossible for each API server, too.
    return { obstacles: [...new Set([...impossible, ...obstacles])], warnings: [...advice, ...warnings] };
  } catch (error) {
    return { obstacles: impossible, warnings: [...advice, messageOfSilence(error)] };
  }
}

async function factsOf(state: StackState, cluster: string) {
  const { kubeconfig, resources } = clusterPart(state, cluster);
  if (kubeconfig === undefined) throw new Error("the stack's state has no kubeconfig");
  const access = clusterAccess(kubeconfig);
  await openPrivateApi(access, resources);
  return upgradeFacts(new Kubernetes(access, SECONDS));
}

function messageOfSilence(error: unknown): string {
  return `the cluster was not asked whether it can be upgraded, so its machines alone check that: ${reasonOf(error)}`;
}

function text({ kubernetes, etcd }: Versions): string {
  return `Kubernetes ${kubernetes}${etcd === undefined ? "" : ` with etcd ${etcd}`}`;
}
