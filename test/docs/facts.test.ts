import { expect, it } from "vitest";
import { checkFixed, type FixedSettings } from "../../lib/cluster/fixed-settings.ts";
import { fixedSettings } from "../../lib/cluster/shape.ts";
import { SUPPORTED_MINORS } from "../../lib/node/kubernetes-version.ts";
import { scaleProfile } from "../../lib/scale-profile/scale-profile.ts";
import { quotaNeeds } from "../../operations/quota/needs.ts";
import { problemsOf } from "../support/problems.ts";
import { stackArgs } from "../support/stack-config.ts";
import { readPages } from "./support/page.ts";

// What the documents say and the code knows.
const textOf = (path: string) => readPages().find((page) => page.path === path)!.text;

function section(path: string, heading: string): string {
  const [, text = ""] = textOf(path).split(`\n## ${heading}\n`);
  return text.split("\n## ")[0]!;
}

/** Cells of a table's rows, without its head. */
function rowsOf(text: string): string[][] {
  const rows = text.split("\n").filter((line) => line.startsWith("|"));
  return rows.slice(2).map((row) =>
    row
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const grouped = (number: number) => number.toLocaleString("en-US");

it("names every property that is fixed", () => {
  const settings = Object.keys(fixedSettings(stackArgs("mini")));
  const properties = settings.map((setting) => {
    const [line = ""] = problemsOf((problems) => checkFixed({ [setting]: "a" }, { [setting]: "b" } as unknown as FixedSettings, problems));
    return line.split(": ")[0]!;
  });
  const text = section("docs/topologies.md", "What is fixed");
  expect(properties).toContain("network.adopt.subnetId");
  expect(properties.filter((property) => !text.includes(`\`${property}\``))).toEqual([]);
});

it("names the versions of Kubernetes that there are", () => {
  expect(section("docs/topologies.md", "Versions")).toContain(`Kubernetes ${SUPPORTED_MINORS[0]} to ${SUPPORTED_MINORS.at(-1)};`);
});

it("suggests the sizes that the library suggests", () => {
  const rows = rowsOf(section("docs/large-clusters.md", "Decide before the cluster is made"));
  const suggested = rows.map(([nodes]) => {
    const count = Number(nodes!.replace(",", ""));
    const { networks, controlPlane, etcdMember } = scaleProfile(count, count * 50).suggestions;
    const sizes = [controlPlane.cores, controlPlane.memory, controlPlane.disk];
    const etcd = [etcdMember.cores, etcdMember.memory, etcdMember.disk, grouped(etcdMember.operations)];
    return [nodes, networks.podCidr, `/${networks.nodesPrefix}`, sizes.join(", "), etcd.join(", ")];
  });
  expect(rows.length).toBe(5);
  expect(rows.map((row) => row.map((cell) => cell.replaceAll(/ (cores|GiB of disk|GiB|operations a second)/g, "")))).toEqual(suggested);
});

it("says what the large stack needs of a project's quota", () => {
  const needs = quotaNeeds("large", stackArgs("large"), []);
  const { instances, ports, serverGroupMembers, serverGroups, securityGroups, securityGroupRules } = needs;
  expect(rowsOf(section("docs/large-clusters.md", "What the cloud must allow")).slice(0, 4)).toEqual([
    ["instances", grouped(instances)],
    ["ports", grouped(ports)],
    ["members of a server group", String(serverGroupMembers)],
    ["server groups, security groups, rules of security groups", [serverGroups, securityGroups, securityGroupRules].join(", ")],
  ]);
  expect([needs.floatingIps, needs.loadBalancers]).toEqual([1, 1]);
});
