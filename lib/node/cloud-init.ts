import { toYaml } from "../yaml.ts";

/**
 * Writes the user data of every node. It is static, so that replacing a machine needs nothing new, and has no secrets, because everything
 * on the machine can read it. Settings of the cluster come later, over SSH.
 */
export function cloudInit(): string {
  const config = {
    // Root can log in by key, so that the same SSH user works on every image.
    disable_root: false,
    ssh_pwauth: false,
    // Software versions are pinned, so no package may upgrade by itself.
    package_update: false,
    package_upgrade: false,
  };
  return `#cloud-config\n${toYaml(config)}`;
}
