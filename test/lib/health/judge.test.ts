import { expect, it } from "vitest";
import { judgeHealth } from "../../../lib/health/judge.ts";
import { healthTable } from "../../../lib/health/table.ts";
import { certificate, healthy, LONG_AGO, NOW, node, SINCE, server } from "../../support/cluster-objects.ts";

const silent = { unknown: "no answer within 15 s" };
const unreachable = { server: "https://203.0.113.10:6443", readyz: silent, objects: silent };
const CONTROL_PLANE = "demo-control-plane-0";
const ids = (report: ReturnType<typeof judgeHealth>) => report.findings.map(({ id }) => id);

it("has no findings for a healthy cluster", () => {
  const report = judgeHealth(healthy());
  expect(report).toEqual({ cluster: "demo", time: NOW, findings: [], unchecked: [], exitCode: 0 });
  expect(healthTable(report)).toBe(`cluster "demo" at ${NOW}: no findings\n`);
});

it("counts notes as healthy", () => {
  const nodes = [node(CONTROL_PLANE), node("demo-web-0"), node("demo-web-1", {}, { spec: { unschedulable: true } })];
  expect(judgeHealth(healthy({}, { nodes }))).toMatchObject({ findings: [{ id: "node-cordoned", severity: "info" }], exitCode: 0 });
});

it("has one finding for a machine that does not run, and the worst first", () => {
  const servers = { value: [server(CONTROL_PLANE), server("demo-web-0", { status: "SHUTOFF", updated: SINCE }), server("demo-web-1")] };
  const nodes = [node(CONTROL_PLANE), node("demo-web-0", { Ready: { status: "Unknown" } }), node("demo-web-1")];
  const report = judgeHealth(healthy({ servers, certificates: [certificate(LONG_AGO)] }, { nodes }));
  expect(report.exitCode).toBe(1);
  expect(healthTable(report)).toBe(`cluster "demo" at ${NOW}: 1 critical, 1 warning

   SEVERITY  FINDING              OBJECT             SINCE
1  critical  certificate-expired  certificate c      ${LONG_AGO}
2  warning   server-stopped       worker demo-web-0  ${SINCE}

1: it has ended
   fix: renew it

2: does not run, OpenStack says SHUTOFF
   fix: have it run with \`openstack server start id-demo-web-0\`, or replace it with \`pulumi up --replace 'urn::demo-web-0'\`
`);
});

it("concludes nothing from services that do not answer", () => {
  const report = judgeHealth(healthy({ servers: { unknown: "connect ECONNREFUSED" }, api: unreachable }));
  expect(ids(report)).toEqual(["api-unreachable", "openstack-unreachable"]);
  expect(report).toMatchObject({ unchecked: ["kubernetes", "openstack"], exitCode: 2 });
  expect(healthTable(report).split("\n").slice(0, 2)).toEqual([
    `cluster "demo" at ${NOW}: 1 critical, 1 warning`,
    "not checked, because it could not be asked: kubernetes, openstack",
  ]);
});

it("tells what one service knows while the other does not answer", () => {
  const servers = { value: [server("demo-web-0"), server("demo-web-1")] };
  expect(ids(judgeHealth(healthy({ servers, api: unreachable })))).toEqual(["server-lost", "api-unreachable", "etcd-no-majority"]);
  const nodes = [node(CONTROL_PLANE), node("demo-web-0"), node("demo-web-1", { Ready: { status: "Unknown" } })];
  expect(ids(judgeHealth(healthy({ servers: { value: [] } }, { nodes })))).toEqual(["servers-unknown", "node-not-ready"]);
});

it("is not complete while an API server is not ready and lists nothing", () => {
  const api = { ...unreachable, readyz: { value: "[-]etcd failed: reason withheld" } };
  expect(judgeHealth(healthy({ api }))).toMatchObject({ findings: [{ id: "api-not-ready" }], unchecked: ["kubernetes"], exitCode: 2 });
});
