import { expect, it } from "vitest";
import { checkEtcd, checkEtcdCluster } from "../../../lib/etcd/rules.ts";
import type { EtcdMembersSettings } from "../../../lib/etcd/settings.ts";
import { machine } from "../../support/cluster-args.ts";
import { problemsOf } from "../../support/problems.ts";

const check = (etcd: Partial<EtcdMembersSettings>) => problemsOf((problems) => checkEtcd(etcd, problems, "1.37.0"));

it.each<Partial<EtcdMembersSettings>>([
  {},
  { members: 3 },
  { members: 5, etcdVersion: "3.6.8-0", dataVolume: { size: 20 }, machine: { ...machine, availabilityZones: ["a"] } },
  { members: 7, etcdVersion: "3.7.0", settings: { quotaBytes: 8 * 1024 ** 3, heartbeatMilliseconds: 10, electionMilliseconds: 50 } },
])("accepts %j", (etcd) => {
  expect(check(etcd)).toEqual([]);
});

it.each([
  [{ members: 1 }, "members: 1 is not a number of members; use 3, 5, 7"],
  [{ members: 4 }, "members: 4 is not a number of members; use 3, 5, 7"],
  [{ etcdVersion: "v3.5.21" }, 'etcdVersion: "v3.5.21" is not the tag of a known etcd image; use one of 3.6 or 3.7, like "3.6.11-0"'],
  [{ dataVolume: { size: 20, availabilityZones: [] } }, "dataVolume.availabilityZones: is empty; name availability zones, or leave it out"],
  [{ dataVolume: { size: 0.5 } }, "dataVolume.size: 0.5 is not a size of a volume; use a whole number of GiB from 1 to 2147483647"],
  [{ settings: { quotaBytes: 1024 } }, "settings.quotaBytes: 1024 is not a size for etcd; use a whole number from 16777216 to 17179869184"],
  [
    { settings: { heartbeatMilliseconds: 5 } },
    "settings.heartbeatMilliseconds: 5 is not a time between heartbeats; use 10 to 5000 milliseconds",
  ],
  [
    { settings: { heartbeatMilliseconds: 300 } },
    "settings.electionMilliseconds: 1000 does not fit heartbeats of 300 ms; use 1500 to 50000 milliseconds",
  ],
])("refuses %j", (etcd, problem) => {
  expect(check(etcd)).toEqual([problem]);
});

it("checks the Kubernetes version of an etcd that is used by itself", () => {
  expect(problemsOf((problems) => checkEtcdCluster({ members: 2, kubernetesVersion: "1.36" }, problems))).toEqual([
    "members: 2 is not a number of members; use 3, 5, 7",
    'kubernetesVersion: "1.36" is not a full version; write it without a "v", like 1.36.3',
  ]);
});
