import type { Problems } from "../problems.ts";
import { type EtcdTuning, LARGEST_QUOTA, LONGEST_ELECTION, SMALLEST_QUOTA } from "./settings.ts";

const DEFAULTS: Required<EtcdTuning> = { quotaBytes: 2 * 1024 ** 3, heartbeatMilliseconds: 100, electionMilliseconds: 1000 };

/** Completes the settings of etcd with their defaults. */
export function etcdSettings({
  quotaBytes = DEFAULTS.quotaBytes,
  heartbeatMilliseconds = DEFAULTS.heartbeatMilliseconds,
  electionMilliseconds = DEFAULTS.electionMilliseconds,
}: EtcdTuning): Required<EtcdTuning> {
  return { quotaBytes, heartbeatMilliseconds, electionMilliseconds };
}

/** Checks the settings of etcd. */
export function checkEtcdSettings(settings: EtcdTuning, problems: Problems): void {
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
