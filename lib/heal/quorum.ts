import { isReady } from "../health/kubernetes-objects.ts";
import { type EtcdMember, known, type Machine, type Observations } from "../health/observations.ts";

/** Returns why the cluster would not serve, or might not, without a control plane or member of etcd; `undefined` when it would. */
export function objectionToLosing(observations: Observations, { role, name }: Machine): string | undefined {
  const ready = new Set((known(observations.api?.objects)?.nodes ?? []).filter(isReady).map(({ metadata }) => metadata.name));
  const others = observations.machines.filter((each) => each.role === "control plane" && each.name !== name);
  const isAlone = role === "control plane" && !others.some((each) => ready.has(each.name));
  return objectionOfEtcds(observations, name) ?? (isAlone ? "no other control plane is ready" : undefined);
}

/**
 * Returns why etcd would lose its majority, or may, without a machine; `undefined` when the majority stands without it. Each etcd on the
 * machines is judged by what its members say themselves, over SSH: what nobody answers for does not count as healthy.
 * @param name name of the machine
 */
function objectionOfEtcds({ reports }: Observations, name: string): string | undefined {
  const answers = reports.flatMap(({ machine, report }) => (known(report)?.etcds ?? []).map((member) => ({ machine, member })));
  const names = [...new Set(answers.map(({ member }) => member.etcd))];
  if (names.length === 0) return "no member of etcd answers over SSH, so nothing is known of its majority";
  for (const etcd of names) {
    const risk = objectionOf(
      etcd,
      answers.filter(({ member }) => member.etcd === etcd),
      name,
    );
    if (risk !== undefined) return risk;
  }
  return undefined;
}

function objectionOf(etcd: string, answers: readonly { machine: string; member: EtcdMember }[], name: string): string | undefined {
  const serving = answers.filter(({ member }) => member.failure === undefined && member.hasLeader);
  const alarms = [...new Set(serving.flatMap(({ member }) => member.alarms))];
  if (alarms.length > 0) return `the alarm ${alarms.join(", ")} of ${etcd} is on`;
  const [first, ...others] = serving.map(({ member }) => votersOf(member));
  if (first === undefined) return `no member of ${etcd} has a leader`;
  if (others.some((voters) => voters.join() !== first.join())) return `the members of ${etcd} do not agree on who they are`;
  const healthy = serving.filter(({ machine }) => machine !== name && first.includes(machine)).length;
  const majority = Math.floor(first.length / 2) + 1;
  if (healthy >= majority) return undefined;
  return `without it, ${healthy} of ${first.length} members of ${etcd} would be healthy, and ${majority} are needed`;
}

/** Returns the names of the members that vote, sorted. */
function votersOf({ members }: EtcdMember): string[] {
  return members.flatMap(({ name, isLearner }) => (isLearner ? [] : [name])).sort();
}
