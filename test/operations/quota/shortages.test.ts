import { expect, it } from "vitest";
import { quotaNeeds } from "../../../operations/quota/needs.ts";
import { RESOURCES } from "../../../operations/quota/resources.ts";
import { shortagesOf, shortageText } from "../../../operations/quota/shortages.ts";
import { mini } from "../../support/cluster-args.ts";

const needs = quotaNeeds("demo", mini, [{ id: "f1", name: "node.small", vcpus: 2, ram: 4096 }]);

it.each([
  ["enough", { limit: 10, used: 7 }, []],
  ["no limit", { limit: -1, used: 100 }, []],
  ["one too few", { limit: 10, used: 8 }, [{ resource: "instances", needed: 3, used: 8, limit: 10, missing: 1 }]],
  ["a limit below the use", { limit: 5, used: 8 }, [{ resource: "instances", needed: 3, used: 8, limit: 5, missing: 6 }]],
])("with %s", (_title, instances, expected) => {
  expect(shortagesOf(needs, { instances })).toEqual(expected);
});

it("finds no shortage of a resource that is not needed, however little is left", () => {
  expect(shortagesOf(needs, { volumes: { limit: 0, used: 3 } })).toEqual([]);
});

it("finds no shortage of a resource whose limit is not known", () => {
  expect(shortagesOf(needs, {})).toEqual([]);
});

it("writes a shortage of any resource with its numbers and two remedies", () => {
  const text = (resource: keyof typeof RESOURCES) => shortageText({ resource, needed: 3, used: 8, limit: 10, missing: 1 });
  const resources = Object.keys(RESOURCES) as (keyof typeof RESOURCES)[];
  expect(resources.map(text)).toEqual([
    "instances: 3 needed, 8 of 10 used, 1 missing; ask for a quota of 11, or have fewer nodes",
    "cores: 3 needed, 8 of 10 used, 1 missing; ask for a quota of 11, or have fewer nodes or smaller flavors",
    "MiB of RAM: 3 needed, 8 of 10 used, 1 missing; ask for a quota of 11, or have fewer nodes or smaller flavors",
    "server groups: 3 needed, 8 of 10 used, 1 missing; ask for a quota of 11, or delete some that nobody uses",
    "members of one server group: 3 needed, 8 of 10 used, 1 missing; ask for a quota of 11, or have fewer nodes in it",
    "networks: 3 needed, 8 of 10 used, 1 missing; ask for a quota of 11, or adopt one that exists",
    "subnets: 3 needed, 8 of 10 used, 1 missing; ask for a quota of 11, or adopt one that exists",
    "routers: 3 needed, 8 of 10 used, 1 missing; ask for a quota of 11, or adopt a network that exists",
    "ports: 3 needed, 8 of 10 used, 1 missing; ask for a quota of 11, or have fewer nodes",
    "floating IPs: 3 needed, 8 of 10 used, 1 missing; ask for a quota of 11, or release some that nobody uses",
    "security groups: 3 needed, 8 of 10 used, 1 missing; ask for a quota of 11, or delete some that nobody uses",
    "security group rules: 3 needed, 8 of 10 used, 1 missing; ask for a quota of 11, or name fewer networks in allowedCidrs",
    "volumes: 3 needed, 8 of 10 used, 1 missing; ask for a quota of 11, or give volumes to fewer machines",
    "GiB of volumes: 3 needed, 8 of 10 used, 1 missing; ask for a quota of 11, or have smaller volumes",
    "load balancers: 3 needed, 8 of 10 used, 1 missing; ask for a quota of 11, or take another type of apiEndpoint",
  ]);
});
