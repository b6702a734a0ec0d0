import { expect, it } from "vitest";
import { certificateFindings } from "../../../lib/health/certificates.ts";
import { memberFindings } from "../../../lib/health/etcd-members.ts";
import type { EtcdMember } from "../../../lib/health/observations.ts";
import { certificate, healthy, machine, NOW } from "../../support/cluster-objects.ts";

const names = [0, 1, 2].map((key) => `demo-control-plane-${key}`);
const machines = names.map((name) => machine("control plane", name));
const listed = names.map((name) => ({ name, isLearner: false }));
const member = (changes: Partial<EtcdMember> = {}): EtcdMember => ({
  etcd: "etcd",
  hasLeader: true,
  alarms: [],
  members: listed,
  ...changes,
});
const report = (name: string, ...etcds: EtcdMember[]) => ({ machine: name, report: { value: { etcds, certificates: [] } } });
const judge = (...reports: ReturnType<typeof report>[]) => memberFindings(healthy({ machines, reports }));

it("finds nothing wrong with members that have a leader and vote", () => {
  expect(judge(...names.map((name) => report(name, member(), member({ etcd: "events-etcd" }))))).toEqual([]);
});

it("names members that fail, have no leader, do not vote, or are no machines of the stack", () => {
  const members = [
    listed[0]!,
    { name: names[1]!, isLearner: true },
    { name: "demo-control-plane-9", isLearner: false },
    { name: "", isLearner: true },
  ];
  const logs = "see its log in /var/log/pods on the machine";
  const removal = "run `pulumi up`, which removes it from etcd";
  expect(
    judge(
      report(names[0]!, member({ members, alarms: ["NOSPACE"] })),
      report(names[1]!, member({ hasLeader: false, members: listed })),
      report(names[2]!, member({ failure: "curl: (7) Failed to connect", hasLeader: false, members: [] })),
    ),
  ).toEqual([
    {
      id: "etcd-no-leader",
      severity: "critical",
      object: { kind: "member of etcd", name: names[1] },
      reason: "it has no leader",
      fix: `${logs}; without a majority of its members, etcd has no leader`,
    },
    {
      id: "etcd-member-failed",
      severity: "critical",
      object: { kind: "member of etcd", name: names[2] },
      reason: "it does not answer: curl: (7) Failed to connect",
      fix: logs,
    },
    {
      id: "etcd-alarm",
      severity: "critical",
      object: { kind: "etcd", name: "demo" },
      reason: "its alarm NOSPACE is on",
      fix: expect.stringMatching(/^compact and defragment it, then disarm the alarm/),
    },
    {
      id: "etcd-learner",
      severity: "warning",
      object: { kind: "member of etcd", name: names[1] },
      reason: "it is a learner, and does not vote",
      fix: "run `pulumi up`, which promotes it once it is up to date",
    },
    {
      id: "etcd-member-foreign",
      severity: "warning",
      object: { kind: "member of etcd", name: "demo-control-plane-9" },
      reason: "it is a member, and no machine of the stack",
      fix: removal,
    },
    {
      id: "etcd-member-foreign",
      severity: "warning",
      object: { kind: "member of etcd", name: "" },
      reason: "a member has never started",
      fix: removal,
    },
  ]);
});

it("notes machines that do not answer over SSH, and judges nothing of them", () => {
  expect(memberFindings(healthy({ machines, reports: [{ machine: names[0]!, report: { unknown: "no SSH within 0 s" } }] }))).toEqual([
    {
      id: "machine-unasked",
      severity: "info",
      object: { kind: "machine", name: names[0] },
      reason: "no SSH within 0 s",
      fix: "is SSH open from here (ssh.allowedCidrs, ssh.bastion)? etcd's members and certificates of this machine were not checked",
    },
  ]);
});

it("judges a certificate once, wherever it is", () => {
  const one = certificate(NOW, { name: "in the state" });
  const copy = { ...one, name: "on a machine" };
  const own = certificate(NOW, { name: "apiserver" });
  const reports = [{ machine: names[0]!, report: { value: { etcds: [], certificates: [copy, own] } } }];
  expect(certificateFindings(healthy({ certificates: [one], reports })).map(({ object }) => object.name)).toEqual([
    "in the state",
    "apiserver",
  ]);
});
