import { apiFindings } from "../health/api.ts";
import { etcdFindings } from "../health/etcd.ts";
import type { FindingObject } from "../health/finding.ts";
import { conditionOf, isReady } from "../health/kubernetes-objects.ts";
import { known, type Machine, type Observations } from "../health/observations.ts";
import { serverFindings } from "../health/servers.ts";
import type { Ledger } from "./ledger.ts";
import type { Limits } from "./policy.ts";
import { objectionToLosing } from "./quorum.ts";
import { keyOf, sparedByItself } from "./rails.ts";
import { type Spared, type Trouble, troubleOf } from "./trouble.ts";

/** Machine that is replaced. */
export interface Replacement {
  /** Kind "worker", "control plane" or "member of etcd", name, id and URN. */
  object: Required<FindingObject>;
  /** Name of the machine's resource, by which its replacements are counted. */
  key: string;
  /** Problem, in a sentence. */
  reason: string;
}

/** Machine in trouble that is not replaced. */
export interface Told {
  object: FindingObject;
  /** Problem, in a sentence. */
  reason: string;
  /** Reason why it is not replaced. */
  objection: string;
  /** True when a later run may replace it; false when it is left to a person. */
  isPending: boolean;
}

/** Machines of a cluster that healing replaces, and those that it leaves alone. */
export interface HealPlan {
  /** Reasons why nothing at all is replaced; none when single machines can be judged. */
  stopped: string[];
  /** Machines that are replaced: at most one control plane or member of etcd, which is the first, then workers. */
  replaced: Replacement[];
  /** Machines in trouble that are not replaced. */
  told: Told[];
}

/** Decides which machines are replaced. From what could not be asked, nothing is concluded. */
export function planHealing(observations: Observations, ledger: Ledger, limits: Limits): HealPlan {
  const stopped = reasonsToStop(observations);
  if (stopped.length > 0) return { stopped, replaced: [], told: [] };
  const machines = observations.machines.filter(({ role }) => role !== "bastion");
  const troubles = machines.flatMap((machine) => troubleOf(observations, machine, limits) ?? []);
  const pools = Map.groupBy(
    machines.filter(({ role }) => role === "worker"),
    ({ pool = "" }) => pool,
  );
  const vital = decided(
    troubles.filter(({ machine }) => machine.role !== "worker"),
    observations,
    ledger,
    limits,
    vitalRail(observations, limits),
  );
  const workers = [...pools].map(([pool, all]) => {
    const own = troubles.filter(({ machine }) => all.includes(machine));
    return decided(own, observations, ledger, limits, poolRail(pool, all.length, own.length, limits));
  });
  const parts = [vital, ...workers];
  return {
    stopped: [],
    replaced: parts.flatMap(({ replaced }) => replaced),
    told: [...parts.flatMap(({ told }) => told), ...importedTroubles(observations)],
  };
}

/** Returns why nothing can be judged: a service that does not answer, or etcd without a majority. */
export function reasonsToStop(observations: Observations): string[] {
  const { servers, api } = observations;
  const noServers = servers === undefined ? ["the stack has no servers in OpenStack"] : [];
  const ofServers = serverFindings(observations);
  // Without a bastion, no machine is reached, and nothing could join.
  const cloud = ofServers.filter(({ object }) => object.kind === "OpenStack" || object.kind === "bastion");
  const noApi = api === undefined ? ["the stack has no control planes, so nothing is known of its Nodes"] : [];
  const absent = new Set(ofServers.flatMap(({ object }) => (object.id === undefined ? [] : object.name)));
  const findings = [...cloud, ...apiFindings(observations), ...etcdFindings(observations, absent)];
  return [...noServers, ...noApi, ...findings.map(({ object, reason, fix }) => `${object.kind} ${object.name}: ${reason}; ${fix}`)];
}

/** Returns why one more machine is not replaced after some others. */
type Rail = (machine: Machine, before: number) => Spared | undefined;

function decided(
  troubles: readonly Trouble[],
  { time }: Observations,
  ledger: Ledger,
  limits: Limits,
  rail: Rail,
): Pick<HealPlan, "replaced" | "told"> {
  const replaced: Replacement[] = [];
  const told: Told[] = [];
  for (const trouble of troubles) {
    const { machine, reason } = trouble;
    const object = { kind: machine.role, name: machine.name, id: machine.id, urn: machine.urn };
    const spared = sparedByItself(trouble, time, ledger, limits) ?? rail(machine, replaced.length);
    if (spared) told.push({ object, reason, ...spared });
    else replaced.push({ object, key: keyOf(machine.urn), reason });
  }
  return { replaced, told };
}

/** Limits the replacements of a pool's workers. */
function poolRail(pool: string, size: number, unhealthy: number, { maxUnhealthyPercent, maxReplacedPercent }: Limits): Rail {
  const isWidespread = unhealthy >= 2 && unhealthy * 100 > maxUnhealthyPercent * size;
  const most = Math.max(1, Math.floor((size * maxReplacedPercent) / 100));
  return (_, before) => {
    if (isWidespread) return { objection: objectionToPool(pool, size, unhealthy, maxUnhealthyPercent), isPending: false };
    if (before >= most) return { objection: `a run replaces at most ${most} of pool ${pool}`, isPending: true };
    return undefined;
  };
}

function objectionToPool(pool: string, size: number, unhealthy: number, percent: number): string {
  return `${unhealthy} of the ${size} machines of pool ${pool} are unhealthy, more than ${percent} %: the cause is no single machine`;
}

/** Lets one control plane or member of etcd be replaced whose etcd keeps its majority. */
function vitalRail(observations: Observations, { controlPlanes }: Limits): Rail {
  return (machine, before) => {
    if (!controlPlanes) return { objection: "the policy leaves control planes and members of etcd to a person", isPending: false };
    const risk = objectionToLosing(observations, machine);
    if (risk !== undefined) return { objection: risk, isPending: false };
    return before > 0 ? { objection: "a run replaces at most one control plane or member of etcd", isPending: true } : undefined;
  };
}

/** Imported servers cannot be replaced. */
function importedTroubles({ imported, api }: Observations): Told[] {
  const nodes = new Map(known(api?.objects)?.nodes.map((node) => [node.metadata.name, node]));
  return imported.flatMap((name) => {
    const node = nodes.get(name);
    if (node !== undefined && isReady(node)) return [];
    const status = node && conditionOf(node, "Ready")?.status;
    const reason =
      node === undefined ? "it is no Node of the cluster" : status === "False" ? "its kubelet is not ready" : "its kubelet does not report";
    return [{ object: { kind: "imported worker", name }, reason, objection: "an imported server is the user's own", isPending: false }];
  });
}
