import { componentPod } from "./components.ts";
import type { Finding } from "./finding.ts";
import { isReady } from "./kubernetes-objects.ts";
import { known, type Observations } from "./observations.ts";

/** Returns whether the control planes have the members of etcd. */
export function hasStackedEtcd({ machines, api }: Observations): boolean {
  if (machines.length > 0) return !machines.some(({ role }) => role === "member of etcd");
  return known(api?.objects)?.pods.some(({ metadata }) => metadata.labels?.component === "etcd") ?? false;
}

/**
 * Judges whether etcd has a majority. A member counts as down only when its machine does not run, or when its Node is ready and its pod is
 * not: a kubelet that does not report says nothing about etcd.
 * @param absent names of machines that do not run
 */
export function etcdFindings(observations: Observations, absent: ReadonlySet<string>): Finding[] {
  const role = hasStackedEtcd(observations) ? "control plane" : "member of etcd";
  const members = observations.machines.filter((machine) => machine.role === role).map(({ name }) => name);
  const failed = role === "control plane" ? failedMembers(observations) : new Set<string>();
  const down = members.filter((name) => absent.has(name) || failed.has(name));
  const needed = Math.floor(members.length / 2) + 1;
  if (down.length === 0 || members.length - down.length >= needed) return [];
  return [
    {
      id: "etcd-no-majority",
      severity: "critical",
      object: { kind: "etcd", name: observations.cluster },
      reason: `${down.length} of ${members.length} members are down (${down.join(", ")}), and ${needed} are needed`,
      fix: "bring their machines back with what they have on their disks, and replace none of them before a majority answers",
    },
  ];
}

/** Returns the names of ready Nodes whose pod of etcd is not ready. */
function failedMembers({ api }: Observations): ReadonlySet<string> {
  const { nodes = [], pods = [] } = known(api?.objects) ?? {};
  const failed = nodes.filter((node) => {
    const pod = componentPod(pods, "etcd", node);
    return isReady(node) && pod !== undefined && !isReady(pod);
  });
  return new Set(failed.map(({ metadata }) => metadata.name));
}
