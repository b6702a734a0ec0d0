import type { PodRun } from "./pod-run.ts";

/** Prints runs in tables, with one row for each run. */
export function printRuns(runs: readonly PodRun[]): void {
  print("nodes (seconds) and pods", runs, ({ nodes, pods }) => ({
    "nodes ready": nodes.ready,
    "nodes open to pods": nodes.schedulable,
    "pods running": pods.running,
    seconds: pods.seconds,
    "pods/s": pods.perSecond,
    "pods/s of each 10,000": pods.perChunk.join(" "),
  }));
  print("requests of the API server (p99, ms) and etcd", runs, ({ requests, etcdMegabytes }) => ({
    ...Object.fromEntries(Object.entries(requests).map(([kind, { p99 }]) => [kind, p99])),
    "etcd MB": etcdMegabytes,
  }));
  print("scheduler (ms)", runs, ({ scheduler }) =>
    Object.fromEntries(
      Object.entries(scheduler).flatMap(([name, { p50, p99 }]) => [
        [`${name} p50`, p50],
        [`${name} p99`, p99],
      ]),
    ),
  );
  print("processes (MB at most, CPU seconds)", runs, ({ processes }) =>
    Object.fromEntries(Object.entries(processes).map(([name, { megabytes, cpuSeconds }]) => [name, `${megabytes} MB, ${cpuSeconds} s`])),
  );
}

function print(title: string, runs: readonly PodRun[], row: (run: PodRun) => object): void {
  console.log(`\n${title}`);
  console.table(Object.fromEntries(runs.map((run, index) => [`${index + 1} ${nameOf(run)}`, row(run)])));
}

function nameOf({ args: { settings, percentage, pods, zones } }: PodRun): string {
  const share = percentage === undefined ? "" : `, score ${percentage === 0 ? "default" : `${percentage} %`}`;
  const place = zones === undefined ? "" : `, zones ${zones}`;
  return `${settings}${place}${share}, ${pods} pods`;
}
