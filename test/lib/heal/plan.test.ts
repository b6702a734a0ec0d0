import { expect, it } from "vitest";
import type { Ledger } from "../../../lib/heal/ledger.ts";
import { planHealing } from "../../../lib/heal/plan.ts";
import type { Limits } from "../../../lib/heal/policy.ts";
import { DEFAULT_POLICY } from "../../../lib/heal/policy.ts";
import { healthy, machine, SINCE, server } from "../../support/cluster-objects.ts";
import { type Change, observed, planes, planned, reportOf, workers } from "../../support/heal-observations.ts";

const unknown = (since: string) => ({ ready: { status: "Unknown", lastTransitionTime: since } });
const OFF = { status: "SHUTOFF", ...unknown(SINCE) };
const GONE = { status: undefined };
const MOMENT = "2026-11-28T11:57:00Z";
const gone = "OpenStack has no such server any more";
const silent = "its kubelet does not report";

/** Changes of a worker of ten, and what becomes of it. */
const SINGLE: [string, Change, string[]][] = [
  ["that works", {}, []],
  ["that is gone", GONE, [`replace demo-web-0: ${gone}`]],
  ["in ERROR", { status: "ERROR" }, ["replace demo-web-0: does not run, OpenStack says ERROR"]],
  ["that is off", OFF, [`replace demo-web-0: does not run, OpenStack says SHUTOFF, and ${silent}`]],
  [
    "whose host is lost",
    { status: "UNKNOWN", ...unknown(SINCE) },
    [`replace demo-web-0: does not run, OpenStack says UNKNOWN, and ${silent}`],
  ],
  ["that runs and is silent", unknown(SINCE), [`replace demo-web-0: ${silent}`]],
  ["that is not ready", { ready: { status: "False", lastTransitionTime: SINCE } }, ["replace demo-web-0: its kubelet is not ready"]],
  ["that is silent for three minutes", unknown(MOMENT), [`wait demo-web-0: ${silent}; it has been so for less than 5 minutes`]],
  [
    "that was switched off a moment ago",
    { status: "SHUTOFF" },
    ["wait demo-web-0: does not run, OpenStack says SHUTOFF; its Node is still ready, so it was switched off a moment ago"],
  ],
  [
    "that is off and no Node",
    { status: "SHUTOFF", hasNode: false, updated: SINCE },
    ["replace demo-web-0: does not run, OpenStack says SHUTOFF"],
  ],
  [
    "that runs and is no Node",
    { hasNode: false },
    ["leave demo-web-0: the machine is no Node of the cluster; a run of the stack makes it join"],
  ],
  [
    "that somebody has paused",
    { status: "PAUSED", ...unknown(SINCE) },
    ["leave demo-web-0: does not run, OpenStack says PAUSED; somebody has put it into PAUSED"],
  ],
  ["that reboots", { status: "REBOOT", ...unknown(SINCE) }, [`wait demo-web-0: ${silent}; OpenStack is at work on it: REBOOT`]],
  [
    "that is young",
    { ...unknown(SINCE), created: "2026-11-28T11:46:00Z" },
    [`wait demo-web-0: ${silent}; its server is younger than 15 minutes`],
  ],
  [
    "that a person cordoned",
    { ...OFF, unschedulable: true },
    [`leave demo-web-0: does not run, OpenStack says SHUTOFF, and ${silent}; somebody has cordoned its Node`],
  ],
  [
    "that the library cordoned",
    { ...GONE, unschedulable: true, annotations: { "caravan.dev/cordoned": "upgrade" } },
    [`replace demo-web-0: ${gone}`],
  ],
  [
    "with the annotation of a person",
    { ...GONE, annotations: { "caravan.dev/heal": "never" } },
    [`leave demo-web-0: ${gone}; its Node has the annotation caravan.dev/heal: never`],
  ],
];

it.each(SINGLE)("plans for a worker %s", (_, change, expected) => {
  expect(planned(observed({}, { "demo-web-0": change }))).toEqual(expected);
});

it("replaces no more than a tenth of a pool in a run, and at least one", () => {
  const wait = (name: string, most: number) => `wait ${name}: ${gone}; a run replaces at most ${most} of pool demo-web`;
  expect(planned(observed({ web: 5 }, { "demo-web-1": GONE, "demo-web-3": GONE }))).toEqual([
    `replace demo-web-1: ${gone}`,
    wait("demo-web-3", 1),
  ]);
  const lost = Object.fromEntries(workers(4).map((name) => [name, GONE]));
  expect(planned(observed({ web: 30 }, lost))).toEqual([...workers(3).map((name) => `replace ${name}: ${gone}`), wait("demo-web-3", 3)]);
});

it.each([
  [1, 1, true],
  [2, 1, true],
  [2, 2, false],
  [3, 2, false],
  [5, 2, true],
  [5, 3, false],
  [10, 4, true],
  [10, 5, false],
])("of a pool of %i with %i unhealthy, replaces: %s", (web, unhealthy, isReplaced) => {
  const result = planned(observed({ web }, Object.fromEntries(workers(unhealthy).map((name) => [name, GONE]))));
  if (isReplaced) expect(result[0]).toBe(`replace demo-web-0: ${gone}`);
  else {
    const why = `${unhealthy} of the ${web} machines of pool demo-web are unhealthy, more than 40 %: the cause is no single machine`;
    expect(result).toEqual(workers(unhealthy).map((name) => `leave ${name}: ${gone}; ${why}`));
  }
});

it("replaces a machine of the same place no third time within six hours", () => {
  const at = (...times: string[]): Ledger => ({ "demo-web-0": times });
  const lost = observed({}, { "demo-web-0": GONE });
  expect(planned(lost, {}, at("2026-11-28T05:59:00Z", "2026-11-28T08:00:00Z"))).toEqual([`replace demo-web-0: ${gone}`]);
  const why = "it was replaced twice within 6 hours, and a further machine would fail, too";
  expect(planned(lost, {}, at("2026-11-28T07:00:00Z", "2026-11-28T08:00:00Z"))).toEqual([`leave demo-web-0: ${gone}; ${why}`]);
});

it("takes other limits", () => {
  const limits: Partial<Limits> = { notReadyMinutes: 15, maxUnhealthyPercent: 10, maxReplacedPercent: 50, controlPlanes: false };
  expect(planned(observed({}, { "demo-web-0": unknown(SINCE), "demo-control-plane-1": GONE }), limits)).toEqual([
    `leave demo-control-plane-1: ${gone}; the policy leaves control planes and members of etcd to a person`,
    `wait demo-web-0: ${silent}; it has been so for less than 15 minutes`,
  ]);
  expect(planned(observed({ web: 4 }, { "demo-web-0": GONE, "demo-web-1": GONE }), { ...limits, maxUnhealthyPercent: 50 })).toEqual([
    `replace demo-web-0: ${gone}`,
    `replace demo-web-1: ${gone}`,
  ]);
});

it("replaces one control plane whose etcd keeps its majority, before any worker", () => {
  expect(planned(observed({}, { "demo-control-plane-1": OFF, "demo-web-0": GONE }))).toEqual([
    `replace demo-control-plane-1: does not run, OpenStack says SHUTOFF, and ${silent}`,
    `replace demo-web-0: ${gone}`,
  ]);
  expect(planned(observed({ controlPlanes: 5 }, { "demo-control-plane-0": OFF, "demo-control-plane-1": OFF }))).toEqual([
    `replace demo-control-plane-0: does not run, OpenStack says SHUTOFF, and ${silent}`,
    `wait demo-control-plane-1: does not run, OpenStack says SHUTOFF, and ${silent}; a run replaces at most one control plane or member of etcd`,
  ]);
});

it.each<[string, Parameters<typeof observed>, string]>([
  [
    "is the only one",
    [{ controlPlanes: 1 }, { "demo-control-plane-0": unknown(SINCE) }],
    "without it, 0 of 1 members of etcd would be healthy, and 1 are needed",
  ],
  [
    "is one of two",
    [{ controlPlanes: 2 }, { "demo-control-plane-0": unknown(SINCE) }],
    "without it, 1 of 2 members of etcd would be healthy, and 2 are needed",
  ],
  [
    "nobody was asked about",
    [{ reports: false }, { "demo-control-plane-0": unknown(SINCE) }],
    "no member of etcd answers over SSH, so nothing is known of its majority",
  ],
  [
    "has a peer that does not answer",
    [
      {},
      { "demo-control-plane-0": unknown(SINCE) },
      { reports: planes(3).map((name) => reportOf(name, planes(3), name === "demo-control-plane-2")) },
    ],
    "without it, 1 of 3 members of etcd would be healthy, and 2 are needed",
  ],
  [
    "has an alarm",
    [
      {},
      { "demo-control-plane-0": unknown(SINCE) },
      { reports: planes(3).map((name) => reportOf(name, planes(3), false, { alarms: ["NOSPACE"] })) },
    ],
    "the alarm NOSPACE of etcd is on",
  ],
  [
    "has peers of several opinions",
    [{}, { "demo-control-plane-0": unknown(SINCE) }, { reports: planes(3).map((name, place) => reportOf(name, planes(2 + (place % 2)))) }],
    "the members of etcd do not agree on who they are",
  ],
])("leaves a control plane that %s to a person", (_, [sizes, changes, rest], why) => {
  expect(planned(observed(sizes, changes, rest))).toEqual([`leave demo-control-plane-0: ${silent}; ${why}`]);
});

it("replaces a member of etcd on a machine of its own that is off, and judges every etcd on it", () => {
  const names = ["demo-etcd-0", "demo-etcd-1", "demo-etcd-2"];
  const lost = observed({ controlPlanes: 1, web: 1 }, {});
  const machines = [...lost.machines, ...names.map((name) => machine("member of etcd", name))];
  const off = server("demo-etcd-0", { status: "SHUTOFF", updated: SINCE });
  const servers = { value: [...(lost.servers as { value: [] }).value, off, server("demo-etcd-1"), server("demo-etcd-2")] };
  const reports = names.map((name) => reportOf(name, names, name === "demo-etcd-0"));
  const all = { ...lost, machines, servers, reports };
  expect(planned(all)).toEqual(["replace demo-etcd-0: does not run, OpenStack says SHUTOFF"]);
  const cilium = reportOf("demo-etcd-1", names, false, { etcd: "cilium-etcd" });
  expect(planned({ ...all, reports: [...reports, cilium] })).toEqual([
    "leave demo-etcd-0: does not run, OpenStack says SHUTOFF; without it, 1 of 3 members of cilium-etcd would be healthy, and 2 are needed",
  ]);
});

it("tells of imported servers", () => {
  const observations = observed({ web: 1 }, {}, { imported: ["metal-0", "metal-1"] });
  expect(planned(observations)).toEqual([
    "leave metal-0: it is no Node of the cluster; an imported server is the user's own",
    "leave metal-1: it is no Node of the cluster; an imported server is the user's own",
  ]);
});

it("does nothing when the cloud or the API does not answer, or etcd has no majority, and says why", () => {
  const lost = observed({}, { "demo-web-0": GONE });
  const silentApi = { server: "https://a:1", readyz: { unknown: "no answer within 15 s" }, objects: { unknown: "no answer within 15 s" } };
  expect(planned({ ...lost, servers: { unknown: "401 Unauthorized" }, api: silentApi })).toEqual([
    "stopped: OpenStack servers: 401 Unauthorized; check the credentials and the address of the cloud (OS_CLOUD, clouds.yaml), and check again: nothing is known of the machines",
    "stopped: API https://a:1: no answer within 15 s; is the API open from here (apiEndpoint.allowedCidrs), and do control planes and endpoint run? Check again: nothing is known of Nodes and workloads",
  ]);
  expect(planned({ ...lost, servers: { value: [] } })[0]).toMatch(
    /^stopped: OpenStack servers: OpenStack knows none of the stack's 13 servers; /,
  );
  const bastion = { ...machine("bastion", "demo-bastion"), isRecreated: true };
  expect(planned({ ...lost, machines: [...lost.machines, bastion] })).toEqual([
    "stopped: bastion demo-bastion: OpenStack has no such server any more; run `pulumi up`, which recreates it",
  ]);
  const notReady = { ...lost.api!, readyz: { value: "[-]etcd failed: reason withheld\n" } };
  expect(planned({ ...lost, api: notReady })).toEqual([
    expect.stringMatching(/^stopped: API \S+: an API server is not ready: etcd of \/readyz fails; /),
  ]);
  expect(planned(observed({}, { "demo-control-plane-0": OFF, "demo-control-plane-1": OFF }))).toEqual([
    "stopped: etcd demo: 2 of 3 members are down (demo-control-plane-0, demo-control-plane-1), and 2 are needed; bring their machines back with what they have on their disks, and replace none of them before a majority answers",
  ]);
});

it("returns the machines as data", () => {
  const observations = observed({ web: 1 }, { "demo-web-0": GONE });
  expect(planHealing(observations, {}, DEFAULT_POLICY)).toEqual({
    stopped: [],
    replaced: [
      { object: { kind: "worker", name: "demo-web-0", id: "id-demo-web-0", urn: "urn::demo-web-0" }, key: "demo-web-0", reason: gone },
    ],
    told: [],
  });
  expect(planHealing(healthy(), {}, DEFAULT_POLICY)).toEqual({ stopped: [], replaced: [], told: [] });
});
