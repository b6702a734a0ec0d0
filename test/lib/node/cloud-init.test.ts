import { expect, it } from "vitest";
import { parse } from "yaml";
import { cloudInit } from "../../../lib/node/cloud-init.ts";

it("lets root and the image's user log in by the key only, and upgrades no packages", async () => {
  const text = cloudInit("ssh-ed25519 AAAA demo\n");
  await expect(text).toMatchFileSnapshot("../../golden/cloud-init.yaml");
  expect(text.startsWith("#cloud-config\n")).toBe(true);
  expect(parse(text)).toEqual({
    ssh_authorized_keys: ["ssh-ed25519 AAAA demo"],
    disable_root: false,
    ssh_pwauth: false,
    package_update: false,
    package_upgrade: false,
  });
});
