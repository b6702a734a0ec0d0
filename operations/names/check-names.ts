import * as pulumi from "@pulumi/pulumi";
import type { OpenStack } from "../../clients/openstack/client.ts";
import { isValidCluster } from "../../lib/cluster/rules.ts";
import type { KubernetesClusterArgs } from "../../lib/cluster/settings.ts";
import { nearestName } from "../../lib/nearest-name.ts";
import { Problems } from "../../lib/problems.ts";
import { reasonOf } from "../../lib/reason.ts";
import type { StackState } from "../state/stack-state.ts";
import { checkExistingNetworks, type Existing, networkWarnings, type Subnet } from "./existing-networks.ts";
import { associatedIn, checkFloatingIps } from "./floating-ips.ts";
import { idsNamed, KINDS, type Kind, type KindName, type Listed, namesOf } from "./kinds.ts";
import { isOfPlugin, type Named, namedIn } from "./named.ts";

/** Listings by kind; `undefined` where OpenStack refused one, which was warned about. */
type Listings = ReadonlyMap<KindName, readonly Listed[] | undefined>;

/**
 * Checks that OpenStack has all that a cluster names, and throws one error with everything that is missing. Each kind that is named is
 * listed once. What Pulumi's plugin looks up itself is listed only when something else is missing, so that the error names that, too.
 */
export async function checkNames(
  clusterName: string,
  args: KubernetesClusterArgs,
  signIn: () => Promise<OpenStack>,
  readState: () => Promise<StackState>,
): Promise<void> {
  if (!isValidCluster(clusterName, args)) return;
  const all = namedIn(args);
  const own = all.filter((named) => !isOfPlugin(named));
  if (own.length === 0) return;
  const cloud = await signIn().catch((reason) => warnUnchecked("all that the cluster names", reason));
  if (!cloud) return;
  const [listings, associated] = await Promise.all([listAll(cloud, own), ownFloatingIps(own, readState)]);
  const hasProblems = problemsOf(own, listings, args, associated).lines.length > 0;
  if (!hasProblems) {
    for (const warning of networkWarnings(args, existingOf(listings), cloud.projectId)) await pulumi.log.warn(warning);
    return;
  }
  const others = await listAll(cloud, all.filter(isOfPlugin));
  problemsOf(all, new Map([...others, ...listings]), args, associated).throwIfAny(`Kubernetes cluster "${clusterName}"`);
}

/** Returns how to name something that cannot be used by the given name; `undefined` when OpenStack has nothing like it. */
export async function adviceOn(cloud: OpenStack, kind: KindName, name: string): Promise<string | undefined> {
  const objects = (await listOf(cloud, KINDS[kind])) ?? [];
  const several = severalAdvice(kind, name, objects);
  if (several !== undefined) return several;
  const nearest = nearestName(name, namesOf(objects));
  return nearest === undefined || nearest === name ? undefined : `use "${nearest}"`;
}

/** Returns the ids from which to choose when several objects have a name; `undefined` when a name or id is one object's alone. */
function severalAdvice(kind: KindName, name: string, objects: readonly Listed[]): string | undefined {
  const ids = idsNamed(name, objects);
  return ids.length < 2 ? undefined : `there are several ${KINDS[kind].title}s of that name, so give the id of one: ${ids.join(", ")}`;
}

async function listAll(cloud: OpenStack, named: readonly Named[]): Promise<Listings> {
  const kinds = [...new Set(named.map(({ kind }) => kind))];
  const list = (kind: KindName) =>
    listOf(cloud, KINDS[kind]).catch((reason) => warnUnchecked(`each ${KINDS[kind].title} that the cluster names`, reason));
  return new Map(await Promise.all(kinds.map(async (kind) => [kind, await list(kind)] as const)));
}

/** Lists the objects of a kind; `undefined` when there may be more than OpenStack lists. */
async function listOf(cloud: OpenStack, { service, path, query = {}, most }: Kind): Promise<readonly Listed[] | undefined> {
  const objects = await cloud.list<Listed>(service, path, query);
  return most !== undefined && objects.length >= most ? undefined : objects;
}

/** Returns the floating IPs that the stack uses itself; `undefined` when none is named or the state cannot be read. */
async function ownFloatingIps(named: readonly Named[], readState: () => Promise<StackState>): Promise<ReadonlySet<string> | undefined> {
  if (!named.some(({ kind }) => kind === "floatingIp")) return undefined;
  return readState().then(associatedIn, () => undefined);
}

function problemsOf(
  named: readonly Named[],
  listings: Listings,
  args: KubernetesClusterArgs,
  associated: ReadonlySet<string> | undefined,
): Problems {
  const problems = new Problems();
  for (const { property, kind, value } of named) {
    const objects = listings.get(kind);
    const several = objects && severalAdvice(kind, value, objects);
    if (several !== undefined) problems.add(property, `"${value}" cannot be used: ${several}`);
    const names = objects && namesOf(objects);
    if (!names || names.includes(value.replace(/\.$/, ""))) continue;
    const nearest = nearestName(value, names);
    const { title, command } = KINDS[kind];
    const advice = nearest === undefined ? `\`openstack ${command}\` shows those that there are` : `use "${nearest}"`;
    problems.add(property, `there is no ${title} "${value}" for this project; ${advice}`);
  }
  if (associated) checkFloatingIps(named, listings.get("floatingIp") ?? [], associated, problems);
  checkExistingNetworks(args, existingOf(listings), problems);
  return problems;
}

function existingOf(listings: Listings): Existing {
  return { networks: listings.get("network") ?? [], subnets: (listings.get("subnet") ?? []) as readonly Subnet[] };
}

async function warnUnchecked(what: string, reason: unknown): Promise<undefined> {
  await pulumi.log.warn(`${what} was not looked up in OpenStack: ${reasonOf(reason)}`);
}
