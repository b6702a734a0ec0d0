import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { cached } from "../image/cache.ts";
import { makeDebianTree } from "../image/debian.ts";
import { configureUnits, filesDir, forgetMirrors, installInit, removeIdentity } from "../image/node-tree.ts";
import { run } from "../support/run.ts";

/** A system as clouds offer it: no Kubernetes, no containerd, neither curl nor gpg. */
export const bareDebian = {
  variant: "minbase",
  packages: [
    ...["systemd", "systemd-sysv", "systemd-resolved", "dbus", "openssh-server", "cloud-init", "sudo", "python3"],
    ...["iproute2", "iputils-ping", "kmod", "mount", "util-linux", "procps"],
  ],
} as const;

/** Files of a node's image that a bare one does not have. */
const OF_NODES = [
  ...["etc/containerd", "etc/sysctl.d", "etc/systemd/networkd.conf.d"],
  ...["usr/lib/systemd/system/kubelet.service", "usr/lib/systemd/system/kubelet.service.d"],
];

/** Returns the tree of Debian packages of a bare system. */
export async function bareTree(): Promise<string> {
  const { dir } = await cached("bare-debian", [JSON.stringify(bareDebian)], (work) => makeDebianTree(bareDebian, join(work, "tree"), work));
  return join(dir, "tree");
}

/** Makes the file tree of a bare machine in a folder that must not exist yet. */
export async function makeBareRoot(root: string): Promise<void> {
  await run("cp", ["--archive", "--reflink=auto", await bareTree(), root], { deadline: 600 });
  await cp(filesDir, root, { recursive: true });
  for (const path of OF_NODES) await rm(join(root, path), { recursive: true });
  await forgetMirrors(root);
  await installInit(root);
  const enabled = ["ssh.service", "systemd-networkd.service", "systemd-resolved.service", "show-host-keys.service"];
  await configureUnits(root, { enabled, disabled: [] });
  await removeIdentity(root);
}
