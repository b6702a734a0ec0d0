import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { repositoryDir } from "../../../devcloud/support/paths.ts";
import { executableName, isInstalled, neededPlugins, pluginsOf } from "../../../devcloud/toolchain/plugins.ts";

const openstack = { name: "openstack", version: "3.15.2" };
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "plugins-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

test("the needed plugins are those of the three provider SDKs, in the versions that npm installs", () => {
  const installed = (name: string) =>
    JSON.parse(readFileSync(join(repositoryDir, "node_modules", "@pulumi", name, "package.json"), "utf8"));
  expect(neededPlugins()).toEqual(
    ["openstack", "command", "kubernetes"].map((name) => ({ name, version: installed(name).version.replace(/^v/, "") })),
  );
  expect(neededPlugins().map(executableName)).toEqual([
    "pulumi-resource-openstack",
    "pulumi-resource-command",
    "pulumi-resource-kubernetes",
  ]);
});

test("a lock file without one of them is refused", () => {
  const packages = { "node_modules/@pulumi/openstack": { version: "3.15.2" } };
  expect(() => pluginsOf({ packages })).toThrow("package-lock.json has no @pulumi/command; run npm install");
});

test("a plugin is installed when Pulumi's folder has exactly its version", () => {
  mkdirSync(join(folder, "resource-openstack-v3.15.1"));
  expect(isInstalled(openstack, folder)).toBe(false);
  mkdirSync(join(folder, "resource-openstack-v3.15.2"));
  expect(isInstalled(openstack, folder)).toBe(true);
});

test("a plugin whose download was interrupted is not installed", () => {
  mkdirSync(join(folder, "resource-openstack-v3.15.2"));
  writeFileSync(join(folder, "resource-openstack-v3.15.2.partial"), "");
  expect(isInstalled(openstack, folder)).toBe(false);
});
