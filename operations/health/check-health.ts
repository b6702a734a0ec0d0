import { clusterAccess } from "../../clients/kubernetes/access.ts";
import { type CloudChoice, cloudChoice } from "../../clients/openstack/plugin-settings.ts";
import { type HealthReport, judgeHealth } from "../../lib/health/judge.ts";
import type { Observations } from "../../lib/health/observations.ts";
import { clientCertificates, servedCertificates } from "./certificates.ts";
import { clusterPart } from "./cluster-part.ts";
import { askApi } from "./kubernetes-api.ts";
import { observeStack } from "./observe-stack.ts";
import { type NamedStack, type ReadableCluster, type ReadableStack, readStack } from "./target.ts";

export interface CheckHealthOptions extends CloudChoice {
  /** Name of the cluster, in a stack with several. @default the only one of the stack */
  cluster?: string;
  /**
   * Asks control planes and machines of etcd over SSH for the members of etcd and for their certificates.
   * @default true
   */
  ssh?: boolean;
  /** Called with messages for users: requests to OpenStack that are retried. @default nobody */
  onMessage?: (message: string) => void;
}

/**
 * Checks the health of a cluster, and changes nothing: its servers in OpenStack, the Kubernetes API, Nodes, control planes, etcd, the
 * cluster's own workloads, and the ends of certificates. OpenStack is asked by one listing.
 *
 * OpenStack or a Kubernetes API that does not answer is a finding, and nothing is concluded from it about machines or Nodes.
 * @param target stack of the Automation API, stack by its name, or a kubeconfig, with which only the Kubernetes API is asked
 * @throws when the stack's state cannot be read, or has no cluster
 */
export async function checkHealth(
  target: ReadableStack | NamedStack | ReadableCluster,
  options: CheckHealthOptions = {},
): Promise<HealthReport> {
  const time = new Date().toISOString();
  if ("kubeconfig" in target) return judgeHealth(await observeApi(target, time, options));
  const { state, cloud } = await readStack(target);
  const part = clusterPart(state, options.cluster);
  return judgeHealth(await observeStack(part, { ...cloud, ...cloudChoice(options.cloud, options.region) }, time, options));
}

async function observeApi({ kubeconfig }: ReadableCluster, time: string, { cluster }: CheckHealthOptions): Promise<Observations> {
  const access = clusterAccess(kubeconfig);
  const [api, served] = await Promise.all([askApi(access), servedCertificates(access)]);
  const certificates = [...clientCertificates(access), ...served];
  return { cluster: cluster ?? access.server, time, machines: [], imported: [], api, certificates, reports: [] };
}
