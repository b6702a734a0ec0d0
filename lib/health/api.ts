import type { Finding } from "./finding.ts";
import type { Observations } from "./observations.ts";

/** Check of /readyz that fails. */
const FAILED_CHECK = /^\[-\](\S+)/gm;

/** Judges whether the Kubernetes API answers, and what it says of itself. */
export function apiFindings({ api }: Observations): Finding[] {
  if (api === undefined) return [];
  const { readyz, objects, server } = api;
  const object = { kind: "API", name: server };
  if ("unknown" in readyz) return [unreachable(server, readyz.unknown)];
  const failed = [...readyz.value.matchAll(FAILED_CHECK)].map(([, check]) => check);
  if (failed.length === 0) return "unknown" in objects ? [unreachable(server, objects.unknown)] : [];
  const reason = `an API server is not ready: ${failed.join(", ")} of /readyz ${failed.length === 1 ? "fails" : "fail"}`;
  const fix = failed.includes("etcd")
    ? "see the logs of etcd and kube-apiserver in /var/log/pods of the control planes: the API server reaches no member of etcd, or etcd has no majority"
    : "see the logs of kube-apiserver in /var/log/pods of the control planes";
  return [{ id: "api-not-ready", severity: "critical", object, reason, fix }];
}

function unreachable(server: string, reason: string): Finding {
  const fix =
    "is the API open from here (apiEndpoint.allowedCidrs), and do control planes and endpoint run? Check again: nothing is known of Nodes and workloads";
  return { id: "api-unreachable", severity: "critical", object: { kind: "API", name: server }, reason, fix };
}
