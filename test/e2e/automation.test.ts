import { join } from "node:path";
import { expect, it } from "vitest";
import { onDevcloud } from "../../devcloud/environment.ts";
import { repositoryDir } from "../../devcloud/support/paths.ts";
import { inventory } from "./support/openstack.ts";

it("makes a throw-away cluster with the Automation API, uses it, and leaves nothing", async () => {
  const before = await inventory();
  const example = join(repositoryDir, "examples", "automation", "main.ts");
  const output = await onDevcloud(["node", example, join(repositoryDir, "stacks", "Pulumi.mini.yaml")], {
    cwd: repositoryDir,
    deadline: 900,
  });
  expect(output.match(/throw-away-\S+ condition met/g)).toHaveLength(3);
  expect(output).toMatch(/throw-away-control-plane-0 +Ready/);
  expect(await inventory()).toEqual(before);
});
