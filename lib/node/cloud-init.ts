import { toYaml } from "../yaml.ts";

/**
 * Writes the user data of every node: the public key of its SSH users. It is static, so that replacing a machine needs nothing new, and has
 * no secrets, because everything on the machine can read it. Settings of the cluster come later, over SSH.
 *
 * Nova's key pairs belong to the user who made them, so another user of the project could add no machine with one.
 */
export function cloudInit(publicKey: string): string {
  const config = {
    // cloud-init gives the key to the image's default user and to root.
    ssh_authorized_keys: [publicKey.trim()],
    // Root can log in by key, so that the same SSH user works on every image.
    disable_root: false,
    ssh_pwauth: false,
    // Software versions are pinned, so no package may upgrade by itself.
    package_update: false,
    package_upgrade: false,
  };
  return `#cloud-config\n${toYaml(config)}`;
}
