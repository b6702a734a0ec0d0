import { type ClusterAccess, clusterAccess } from "../../clients/kubernetes/access.ts";
import { type CloudChoice, cloudChoice, type PluginSettings } from "../../clients/openstack/plugin-settings.ts";
import { signIn } from "../../clients/openstack/sign-in.ts";
import { type HealthReport, judgeHealth } from "../../lib/health/judge.ts";
import { type Answer, known, type Machine, type Observations, type Server } from "../../lib/health/observations.ts";
import { isTrouble } from "../../lib/node/server-status.ts";
import { listServers } from "../machines/listed-servers.ts";
import { canBeRecreated, type StateServer } from "../machines/state-servers.ts";
import { clientCertificates, servedCertificates, stateCertificates } from "./certificates.ts";
import { type ClusterPart, clusterPart } from "./cluster-part.ts";
import { askApi } from "./kubernetes-api.ts";
import { machineReports } from "./machine-reports.ts";
import { openPrivateApi } from "./private-api.ts";
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

async function observeStack(
  part: ClusterPart,
  cloud: PluginSettings,
  time: string,
  { onMessage, ssh = true }: CheckHealthOptions,
): Promise<Observations> {
  const { cluster, servers, imported, resources } = part;
  const access = part.kubeconfig === undefined ? undefined : clusterAccess(part.kubeconfig);
  if (access) await openPrivateApi(access, resources);
  const [[found, reports], api, served] = await Promise.all([
    askServers(part, cloud, { ssh, onMessage }),
    apiOf(part, access),
    access ? servedCertificates(access) : [],
  ]);
  return {
    cluster,
    time,
    machines: servers.map(machineOf),
    imported,
    ...(found ? { servers: found } : {}),
    ...(api ? { api } : {}),
    certificates: [...stateCertificates(resources), ...served],
    reports,
  };
}

/** Asks OpenStack for the servers, and then those of them that run. Of servers that OpenStack does not tell, each is asked. */
async function askServers(
  { servers, resources }: ClusterPart,
  cloud: PluginSettings,
  { ssh, onMessage }: { ssh: boolean; onMessage: CheckHealthOptions["onMessage"] },
): Promise<[Observations["servers"], Observations["reports"]]> {
  if (servers.length === 0) return [undefined, []];
  const found = await askOpenStack(servers, cloud, onMessage);
  const running = known(found)?.filter(({ status }) => !isTrouble(status));
  const ids = new Set((running ?? servers).map(({ id }) => id));
  return [found, ssh ? await machineReports(resources, ids) : []];
}

function machineOf(server: StateServer): Machine {
  const { role, name, id, urn } = server;
  return { role, name, id, urn, isRecreated: canBeRecreated(server) };
}

async function apiOf({ cluster, hasControlPlanes }: ClusterPart, access: ClusterAccess | undefined): Promise<Observations["api"]> {
  if (access) return askApi(access);
  if (!hasControlPlanes) return undefined;
  const none = { unknown: "the stack's state has no kubeconfig; run `pulumi up` to its end" };
  return { server: cluster, readyz: none, objects: none };
}

async function askOpenStack(
  servers: readonly StateServer[],
  cloud: PluginSettings,
  onMessage: CheckHealthOptions["onMessage"],
): Promise<Answer<readonly Server[]>> {
  try {
    return { value: [...(await listServers(await signIn(cloud, onMessage), servers)).values()] };
  } catch (error) {
    return { unknown: error instanceof Error ? error.message : String(error) };
  }
}
