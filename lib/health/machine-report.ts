import type { BackupRecord, EtcdMember } from "./observations.ts";

/** Certificate on a machine. */
export interface MachineCertificate {
  path: string;
  pem: string;
}

interface Status {
  leader?: string;
}

interface Members {
  members?: { name?: string; isLearner?: boolean }[];
}

interface Alarms {
  alarms?: { alarm?: string }[];
}

interface Range {
  kvs?: { value?: string }[];
}

/** Parses what lib/scripts/machine-report.sh prints. */
export function parseMachineReport(text: string): { etcds: EtcdMember[]; certificates: MachineCertificate[]; backup?: BackupRecord } {
  const lines = text.split("\n").map((line) => line.split(" "));
  const certificates = lines.flatMap(([kind, path = "", data = ""]) =>
    kind === "certificate" ? [{ path, pem: Buffer.from(data, "base64").toString() }] : [],
  );
  const calls = lines.flatMap(([kind, etcd = "", call = "", ...rest]) => (kind === "etcd" ? [{ etcd, call, text: rest.join(" ") }] : []));
  const etcds = [...Map.groupBy(calls, ({ etcd }) => etcd)].map(([etcd, answers]) => {
    const texts = new Map(answers.map(({ call, text }) => [call, text]));
    return memberOf(etcd, texts);
  });
  const [backup] = lines.flatMap(([kind, ...rest]) => (kind === "backup" ? [recordIn(rest.join(" "))] : []));
  return { etcds, certificates, ...(backup ? { backup } : {}) };
}

/** Returns the record in etcd's answer; an empty one when there is none yet. */
function recordIn(answer: string): BackupRecord {
  const { kvs = [] } = JSON.parse(answer) as Range;
  const value = kvs[0]?.value;
  return value === undefined ? {} : (JSON.parse(Buffer.from(value, "base64").toString()) as BackupRecord);
}

function memberOf(etcd: string, texts: ReadonlyMap<string, string>): EtcdMember {
  const answer = <T>(call: string) => JSON.parse(texts.get(call) ?? "{}") as T;
  const failure = texts.get("failure");
  // The member id 0 stands for none.
  const { leader = "0" } = answer<Status>("maintenance/status");
  const { members = [] } = answer<Members>("cluster/member/list");
  const { alarms = [] } = answer<Alarms>("maintenance/alarm");
  return {
    etcd,
    ...(failure === undefined ? {} : { failure }),
    hasLeader: leader !== "0",
    alarms: alarms.flatMap(({ alarm }) => alarm ?? []),
    members: members.map(({ name = "", isLearner = false }) => ({ name, isLearner })),
  };
}
