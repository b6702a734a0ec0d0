import type { Problems } from "../problems.ts";

/** Settings of etcd itself. A change restarts its members one after another. */
export interface EtcdSettings {
  /** Size in bytes at which the database takes no more writes, from 16777216 (16 MiB) to 17179869184 (16 GiB); etcd suggests at most 8 GiB. @default 2147483648 (etcd's own) */
  quotaBytes?: number;
  /** Milliseconds between a leader's heartbeats, from 10 to 5000: about the round trip between members. @default 100 (etcd's own) */
  heartbeatMilliseconds?: number;
  /** Milliseconds without a heartbeat until members elect a leader, from 5 heartbeats to 50000 (etcd's limits). @default 1000 (etcd's own) */
  electionMilliseconds?: number;
}

// https://etcd.io/docs/v3.6/op-guide/configuration/ and https://etcd.io/docs/v3.6/dev-guide/limit/
const DEFAULTS: Required<EtcdSettings> = { quotaBytes: 2 * 1024 ** 3, heartbeatMilliseconds: 100, electionMilliseconds: 1000 };
const SMALLEST_QUOTA = 16 * 1024 ** 2;
const LARGEST_QUOTA = 16 * 1024 ** 3;
const LONGEST_ELECTION = 50_000;

/** The settings with defaults in place of what was not said. */
export function etcdSettings({
  quotaBytes = DEFAULTS.quotaBytes,
  heartbeatMilliseconds = DEFAULTS.heartbeatMilliseconds,
  electionMilliseconds = DEFAULTS.electionMilliseconds,
}: EtcdSettings): Required<EtcdSettings> {
  return { quotaBytes, heartbeatMilliseconds, electionMilliseconds };
}

/** Notes what is wrong with settings of etcd. */
export function checkEtcdSettings(settings: EtcdSettings, problems: Problems): void {
  const { quotaBytes, heartbeatMilliseconds, electionMilliseconds } = etcdSettings(settings);
  if (!isWithin(quotaBytes, SMALLEST_QUOTA, LARGEST_QUOTA))
    problems.add("quotaBytes", `${quotaBytes} is not a size for etcd; use a whole number from ${SMALLEST_QUOTA} to ${LARGEST_QUOTA}`);
  if (!isWithin(heartbeatMilliseconds, 10, 5000)) {
    problems.add("heartbeatMilliseconds", `${heartbeatMilliseconds} is not a time between heartbeats; use 10 to 5000 milliseconds`);
  } else if (!isWithin(electionMilliseconds, 5 * heartbeatMilliseconds, LONGEST_ELECTION)) {
    problems.add(
      "electionMilliseconds",
      `${electionMilliseconds} does not fit heartbeats of ${heartbeatMilliseconds} ms; use ${5 * heartbeatMilliseconds} to ${LONGEST_ELECTION} milliseconds`,
    );
  }
}

function isWithin(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
