import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { otherVersionTools } from "../../../devcloud/toolchain/kubernetes-tools.ts";
import { neededPlugins } from "../../../devcloud/toolchain/plugins.ts";
import { moduleDir } from "../../../devcloud/toolchain/recipe.ts";
import type { Build, Tool } from "../../../devcloud/toolchain/tool.ts";
import type { ToolName } from "../../../devcloud/toolchain/tools.ts";
import { tools } from "../../../devcloud/toolchain/tools.ts";

const names = Object.keys(tools) as ToolName[];
const allTools: [ToolName, Tool][] = names.map((name) => [name, tools[name]]);
const allBuilds: Build[] = allTools.flatMap(([, tool]) => tool.builds);

function goMod(build: Build): string {
  return readFileSync(join(moduleDir(build), "go.mod"), "utf8");
}

/** Lists the packages in the tool directive of a go.mod. */
function toolLines(text: string): string[] {
  const block = /^tool \(\n([^)]*)\)/m.exec(text)?.[1] ?? /^tool (.*)$/m.exec(text)?.[1] ?? "";
  return block.split("\n").flatMap((line) => line.trim() || []);
}

test("no two tools have an executable of the same name, unless one is another version of the other", () => {
  const ofDefaults = allTools.filter(([name]) => !(name in otherVersionTools)).flatMap(([, tool]) => tool.builds);
  const executables = ofDefaults.flatMap((build) => Object.keys(build.executables));
  expect(executables).toEqual([...new Set(executables)]);
});

test("each module's go.mod names exactly the packages that are built from it", () => {
  for (const module of new Set(allBuilds.map((build) => build.module))) {
    const builds = allBuilds.filter((build) => build.module === module);
    const packages = builds.flatMap((build) => Object.values(build.executables)).filter((goPackage) => goPackage !== ".");
    expect(toolLines(goMod(builds[0]!)), module).toEqual(packages.sort());
  }
});

test("the versions in the table are pinned by go.mod", () => {
  const ownVersion: ToolName[] = ["pause", "agnhost", "pulumi-resource-openstack"];
  for (const [name, { version, source, builds }] of allTools) {
    if (!ownVersion.includes(name)) expect(goMod(builds[0]!)).toContain(`${source} v${version}`);
  }
});

test("the OpenStack plugin has the version of the Node.js SDK that it serves", () => {
  expect(neededPlugins()).toContainEqual({ name: "openstack", version: tools["pulumi-resource-openstack"].version });
});

test("CoreDNS, etcd and pause have the versions of the images that kubeadm of this Kubernetes needs", () => {
  expect([tools.kubernetes.version, tools.coredns.version, tools.etcd.version, tools.pause.version]).toEqual([
    "1.36.3",
    "1.14.2",
    "3.6.8",
    "3.10.2",
  ]);
});
