import type { Finding, FindingObject } from "./finding.ts";
import { type EtcdMember, known, type Observations } from "./observations.ts";

/** Judges what the members of etcd say themselves, on machines that were asked over SSH. */
export function memberFindings(observations: Observations): Finding[] {
  const answered = observations.reports.map(({ machine, report }) => ({ machine, etcds: known(report)?.etcds ?? [] }));
  const names = [...new Set(answered.flatMap(({ etcds }) => etcds.map(({ etcd }) => etcd)))];
  return [
    ...observations.reports.flatMap(({ machine, report }) => ("unknown" in report ? [unasked(machine, report.unknown)] : [])),
    ...answered.flatMap(({ machine, etcds }) => etcds.flatMap((member) => memberFinding(machine, member))),
    ...names.flatMap((name) =>
      etcdFindings(
        observations,
        name,
        answered.flatMap(({ etcds }) => etcds.filter(({ etcd }) => etcd === name)),
      ),
    ),
  ];
}

function unasked(machine: string, reason: string): Finding {
  const fix = "is SSH open from here (ssh.allowedCidrs, ssh.bastion)? etcd's members and certificates of this machine were not checked";
  return { id: "machine-unasked", severity: "info", object: { kind: "machine", name: machine }, reason, fix };
}

function memberFinding(machine: string, { etcd, failure, hasLeader }: EtcdMember): Finding[] {
  const object = { kind: `member of ${etcd}`, name: machine };
  const logs = `see its log in /var/log/pods on the machine`;
  if (failure !== undefined)
    return [{ id: "etcd-member-failed", severity: "critical", object, reason: `it does not answer: ${failure}`, fix: logs }];
  if (hasLeader) return [];
  const fix = `${logs}; without a majority of its members, etcd has no leader`;
  return [{ id: "etcd-no-leader", severity: "critical", object, reason: "it has no leader", fix }];
}

/** Judges an etcd by what its members agree on: those that have no leader have an old list. */
function etcdFindings({ cluster, machines }: Observations, etcd: string, all: readonly EtcdMember[]): Finding[] {
  const members = all.filter(({ failure, hasLeader }) => failure === undefined && hasLeader);
  const listed = members[0]?.members ?? [];
  const alarms = [...new Set(members.flatMap((member) => member.alarms))];
  const object: FindingObject = { kind: etcd, name: cluster };
  return [
    ...alarms.map(
      (alarm): Finding => ({ id: "etcd-alarm", severity: "critical", object, reason: `its alarm ${alarm} is on`, fix: alarmFix(alarm) }),
    ),
    ...listed.flatMap(({ name, isLearner }): Finding[] => {
      const member = { kind: `member of ${etcd}`, name };
      if (!machines.some((machine) => machine.name === name)) {
        const reason = name === "" ? "a member has never started" : "it is a member, and no machine of the stack";
        return [
          { id: "etcd-member-foreign", severity: "warning", object: member, reason, fix: "run `pulumi up`, which removes it from etcd" },
        ];
      }
      if (!isLearner) return [];
      const reason = "it is a learner, and does not vote";
      return [
        {
          id: "etcd-learner",
          severity: "warning",
          object: member,
          reason,
          fix: "run `pulumi up`, which promotes it once it is up to date",
        },
      ];
    }),
  ];
}

function alarmFix(alarm: string): string {
  if (alarm === "NOSPACE")
    return "compact and defragment it, then disarm the alarm (https://etcd.io/docs/v3.6/op-guide/maintenance/#space-quota). Until then it refuses writes";
  return "stop the member whose data differ, and replace its machine (https://etcd.io/docs/v3.6/op-guide/data_corruption/)";
}
