import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { repositoryDir } from "../../../devcloud/support/paths.ts";

const sdk = join(repositoryDir, "node_modules/@pulumi/openstack");
const table = readFileSync(join(repositoryDir, "devcloud/toolchain/modules/pulumi-resource-openstack/tokens.go"), "utf8");
const served = matches(table, /"(openstack:[^"]*)"/g);

test("the OpenStack plugin serves exactly the resources of the Node.js SDK", () => {
  expect(served.filter((token) => !isFunction(token))).toEqual(sdkTokens(/__pulumiType = '(openstack:[^']*)'/g));
});

test("the OpenStack plugin serves exactly the functions of the Node.js SDK", () => {
  expect(served.filter(isFunction)).toEqual(sdkTokens(/invoke\("(openstack:[^"]*)"/g));
});

function isFunction(token: string): boolean {
  return /:get[A-Z]\w*$/.test(token);
}

function sdkTokens(pattern: RegExp): string[] {
  const sources = readdirSync(sdk, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".js"));
  return matches(sources.map((path) => readFileSync(join(sdk, path), "utf8")).join("\n"), pattern);
}

function matches(text: string, pattern: RegExp): string[] {
  return [...new Set([...text.matchAll(pattern)].map((match) => match[1]!))].sort();
}
