import { toYaml } from "../yaml.ts";

/**
 * The user data of every node: static, so that replacing a machine needs nothing new, and without any secret, because
 * everything on the machine can read it. What depends on the cluster comes later, over SSH.
 */
export function cloudInit(): string {
  const config = {
    // Root by key, so that the same SSH user works on every image.
    disable_root: false,
    ssh_pwauth: false,
    // What a node runs is pinned; nothing upgrades behind Kubernetes' back.
    package_update: false,
    package_upgrade: false,
  };
  return `#cloud-config\n${toYaml(config)}`;
}
