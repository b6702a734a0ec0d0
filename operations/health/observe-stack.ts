import { type ClusterAccess, clusterAccess } from "../../clients/kubernetes/access.ts";
import type { PluginSettings } from "../../clients/openstack/plugin-settings.ts";
import { signIn } from "../../clients/openstack/sign-in.ts";
import { defined } from "../../lib/defined.ts";
import { type Answer, known, type Machine, type Observations, type Server } from "../../lib/health/observations.ts";
import { isTrouble } from "../../lib/node/server-status.ts";
import { reasonOf } from "../../lib/reason.ts";
import { listServers } from "../machines/listed-servers.ts";
import { canBeRecreated, type StateServer } from "../machines/state-servers.ts";
import { addOnWorkloads } from "./add-on-workloads.ts";
import { servedCertificates, stateCertificates } from "./certificates.ts";
import type { ClusterPart } from "./cluster-part.ts";
import { askApi } from "./kubernetes-api.ts";
import { machineReports } from "./machine-reports.ts";
import { openPrivateApi } from "./private-api.ts";

interface ObserveOptions {
  /** Asks control planes and machines of etcd over SSH. @default true */
  ssh?: boolean;
  /** Called with messages for users. @default nobody */
  onMessage?: (message: string) => void;
}

/**
 * Observes the cluster of a stack, and changes nothing. What does not answer is unknown.
 * @param part what the state has of the cluster
 */
export async function observeStack(
  part: ClusterPart,
  cloud: PluginSettings,
  time: string,
  { onMessage, ssh = true }: ObserveOptions,
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
    addOns: addOnWorkloads(resources),
    reports,
  };
}

/** Asks OpenStack for the servers, and then those of them that run. Of servers that OpenStack does not tell, each is asked. */
async function askServers(
  { servers, resources }: ClusterPart,
  cloud: PluginSettings,
  { ssh, onMessage }: { ssh: boolean; onMessage: ObserveOptions["onMessage"] },
): Promise<[Observations["servers"], Observations["reports"]]> {
  if (servers.length === 0) return [undefined, []];
  const found = await askOpenStack(servers, cloud, onMessage);
  const running = known(found)?.filter(({ status }) => !isTrouble(status));
  const ids = new Set((running ?? servers).map(({ id }) => id));
  return [found, ssh ? await machineReports(resources, ids) : []];
}

function machineOf(server: StateServer): Machine {
  const { role, name, id, urn, pool } = server;
  return { role, name, id, urn, ...defined({ pool }), isRecreated: canBeRecreated(server) };
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
  onMessage: ObserveOptions["onMessage"],
): Promise<Answer<readonly Server[]>> {
  try {
    return { value: [...(await listServers(await signIn(cloud, onMessage), servers)).values()] };
  } catch (error) {
    return { unknown: reasonOf(error) };
  }
}
