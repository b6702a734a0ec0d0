import { expect, it } from "vitest";
import { parse } from "yaml";
import { cloudInit } from "../../../lib/node/cloud-init.ts";

it("lets root log in by key only, and upgrades no packages", async () => {
  const text = cloudInit();
  await expect(text).toMatchFileSnapshot("../../golden/cloud-init.yaml");
  expect(text.startsWith("#cloud-config\n")).toBe(true);
  expect(parse(text)).toEqual({ disable_root: false, ssh_pwauth: false, package_update: false, package_upgrade: false });
});
