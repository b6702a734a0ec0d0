import { expect, it } from "vitest";
import { apiFindings } from "../../../lib/health/api.ts";
import { healthy } from "../../support/cluster-objects.ts";

const server = "https://203.0.113.10:6443";
const object = { kind: "API", name: server };
const fix =
  "is the API open from here (apiEndpoint.allowedCidrs), and do control planes and endpoint run? Check again: nothing is known of Nodes and workloads";

it("finds nothing wrong with an API that is ready, or where there is none", () => {
  expect(apiFindings(healthy())).toEqual([]);
  const { api: _, ...others } = healthy();
  expect(apiFindings(others)).toEqual([]);
});

it("says that the API does not answer, or refuses", () => {
  const unknown = { unknown: "no answer within 15 s" };
  expect(apiFindings(healthy({ api: { server, readyz: unknown, objects: unknown } }))).toEqual([
    { id: "api-unreachable", severity: "critical", object, reason: "no answer within 15 s", fix },
  ]);
  const refused = { unknown: "GET /api/v1/nodes: 401 Unauthorized" };
  expect(apiFindings(healthy({ api: { server, readyz: { value: "readyz check passed" }, objects: refused } }))).toEqual([
    { id: "api-unreachable", severity: "critical", object, reason: "GET /api/v1/nodes: 401 Unauthorized", fix },
  ]);
});

it("names the checks that fail in an API server", () => {
  const one = "[+]ping ok\n[-]etcd failed: reason withheld\n[+]log ok\nreadyz check failed\n";
  const two = "[-]poststarthook/rbac/bootstrap-roles failed: not finished\n[-]informer-sync failed: reason withheld\n";
  const api = (value: string) => healthy({ api: { server, readyz: { value }, objects: { unknown: "500" } } });
  expect([...apiFindings(api(one)), ...apiFindings(api(two))]).toEqual([
    {
      id: "api-not-ready",
      severity: "critical",
      object,
      reason: "an API server is not ready: etcd of /readyz fails",
      fix: "see the logs of etcd and kube-apiserver in /var/log/pods of the control planes: the API server reaches no member of etcd, or etcd has no majority",
    },
    {
      id: "api-not-ready",
      severity: "critical",
      object,
      reason: "an API server is not ready: poststarthook/rbac/bootstrap-roles, informer-sync of /readyz fail",
      fix: "see the logs of kube-apiserver in /var/log/pods of the control planes",
    },
  ]);
});
