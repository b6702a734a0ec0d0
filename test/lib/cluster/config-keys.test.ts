import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { checkConfig, checkConfigKeys, checkVariables } from "../../../lib/cluster/config-keys.ts";
import { CLUSTER_PROPERTIES } from "../../../lib/cluster/settings.ts";
import { problemsOf } from "../../support/problems.ts";

const SETTINGS = ["name", ...CLUSTER_PROPERTIES];
const check = (keys: string[], project = "caravan", settings = SETTINGS) =>
  problemsOf((problems) => checkConfigKeys(keys, project, settings, problems));

it("accepts keys that the program or others read", () => {
  const others = ["openstack:cloud", "openstack:region", "kubernetes:context", "command:x", "pulumi:tags", "aws:region"];
  expect(check([...SETTINGS.map((setting) => `caravan:${setting}`), ...others])).toEqual([]);
});

it("names every key that nobody reads, with the nearest known key", () => {
  const wrong = [
    "caravan:pool",
    "caravan:Network",
    "caravan:workers",
    "caravan:pools.default.count",
    "caravan:pool[0]",
    "caravn:pools",
    "caravan-pool-stack:count",
    "openstak:cloud",
  ];
  const all = SETTINGS.join(", ");
  expect(check(wrong)).toEqual([
    "caravan:pool: is no setting of this program; use \"caravan:pools\", or remove it with `pulumi config rm 'caravan:pool'`",
    "caravan:Network: is no setting of this program; use \"caravan:network\", or remove it with `pulumi config rm 'caravan:Network'`",
    `caravan:workers: is no setting of this program; the program reads ${all}; correct it, or remove it with \`pulumi config rm 'caravan:workers'\``,
    "caravan:pools.default.count: is a path, which is read only if it was set as one; use `pulumi config set --path 'caravan:pools.default.count' VALUE`, and remove it with `pulumi config rm 'caravan:pools.default.count'`",
    "caravan:pool[0]: is a path, which is read only if it was set as one; use `pulumi config set --path 'caravan:pools[0]' VALUE`, and remove it with `pulumi config rm 'caravan:pool[0]'`",
    "caravn:pools: is no setting of this program; use \"caravan:pools\", or remove it with `pulumi config rm 'caravn:pools'`",
    `caravan-pool-stack:count: is no setting of this program; the program reads ${all}; correct it, or remove it with \`pulumi config rm 'caravan-pool-stack:count'\``,
    "openstak:cloud: is read by nobody; use \"openstack:cloud\", or remove it with `pulumi config rm 'openstak:cloud'`",
  ]);
});

it("names the project's namespace for keys in the library's, when the project has another name", () => {
  expect(check(["infra:image", "caravan:image", "caravn:image"], "infra", ["image"])).toEqual([
    "caravan:image: is no setting of this program; use \"infra:image\", or remove it with `pulumi config rm 'caravan:image'`",
    "caravn:image: is no setting of this program; use \"infra:image\", or remove it with `pulumi config rm 'caravn:image'`",
  ]);
});

it("names misspelt environment variables of the library", () => {
  const names = [
    "PATH",
    "CARAVAN_SSH_LOGINS",
    "CARAVAN_SSH_LOGIN",
    "CARAVN_SSH_LOGINS",
    "CARAVAN_REMOVE_SERVING",
    "CARAVAN_REMOVE_SERVNG",
    "CARAVAN_RESULTS",
  ];
  expect(problemsOf((problems) => checkVariables(names, problems))).toEqual([
    "CARAVAN_SSH_LOGIN: is a variable that nobody reads; use CARAVAN_SSH_LOGINS, or unset it",
    "CARAVN_SSH_LOGINS: is a variable that nobody reads; use CARAVAN_SSH_LOGINS, or unset it",
    "CARAVAN_REMOVE_SERVNG: is a variable that nobody reads; use CARAVAN_REMOVE_SERVING, or unset it",
  ]);
});

it("throws one error for all, which Pulumi shows without a stack trace", async () => {
  await pulumi.runtime.setMocks({ newResource: () => ({ id: "", state: {} }), call: () => ({}) }, "caravan", "prod");
  pulumi.runtime.setAllConfig({ "caravan:pool": "{}", "caravan:network": "{}", "caravn:ssh": "{}" });
  try {
    expect(() => checkConfig(SETTINGS)).toThrow(
      expect.objectContaining({
        __pulumiRunError: true,
        message: expect.stringMatching(
          /^the configuration of stack "prod" has 2 invalid properties:\n {2}caravan:pool: .*\n {2}caravn:ssh: .*$/,
        ),
      }),
    );
  } finally {
    pulumi.runtime.setAllConfig({});
  }
});

it.each([
  ["Pulumi.yaml", "stacks/main.ts"],
  ["examples/pool-stack/Pulumi.yaml", "examples/pool-stack/main.ts"],
  ["examples/import/Pulumi.yaml", "examples/import/main.ts"],
])("%s declares the settings that %s reads", (project, program) => {
  const read = (file: string) => readFileSync(join(import.meta.dirname, "..", "..", "..", file), "utf8");
  const declared = Object.keys(parse(read(project)).config);
  const [, list = ""] = /checkConfig\(\[([^\]]*)\]\)/.exec(read(program)) ?? [];
  const checked = list.split(",").flatMap((each) => {
    const setting = each.trim();
    if (setting === "...CLUSTER_PROPERTIES") return CLUSTER_PROPERTIES;
    return setting === "" ? [] : JSON.parse(setting);
  });
  expect(declared.toSorted()).toEqual(checked.toSorted());
});
