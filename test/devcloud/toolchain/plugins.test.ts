import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { executableName, isInstalled, neededPlugins, pluginsOf } from "../../../devcloud/toolchain/plugins.ts";

const openstack = { name: "openstack", version: "3.15.2" };
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "plugins-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

test("the needed plugins are those of package.json's three providers", () => {
  expect(neededPlugins().map(executableName)).toEqual([
    "pulumi-resource-openstack",
    "pulumi-resource-command",
    "pulumi-resource-kubernetes",
  ]);
});

test("a version range is refused, because plugins are kept by version", () => {
  expect(() => pluginsOf({ dependencies: { "@pulumi/openstack": "^3.15.2" } })).toThrow('package.json has "^3.15.2" for @pulumi/openstack');
});

test("a plugin is installed when Pulumi's folder has just this version of it", () => {
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
