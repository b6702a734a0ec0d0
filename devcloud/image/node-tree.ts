import { chmod, cp, glob, mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../support/run.ts";
import { cached } from "./cache.ts";
import { makeDebianTree } from "./debian.ts";

const debian = {
  variant: "minbase",
  packages: [
    ...["systemd", "systemd-sysv", "systemd-resolved", "dbus", "openssh-server", "cloud-init", "sudo"],
    ...["containerd", "runc", "containernetworking-plugins", "iptables", "ipset", "conntrack", "ethtool", "socat"],
    ...["iproute2", "iputils-ping", "kmod", "mount", "util-linux", "procps", "curl", "ca-certificates", "python3"],
    // gpg is for machines that install another Kubernetes, age encrypts backups.
    ...["haproxy", "keepalived", "gpg", "age"],
  ],
} as const;

// An instance has no hardware, no console login and no clock of its own, and no place to fetch updates from.
const maskedUnits = [
  ...["systemd-udevd.service", "systemd-udev-trigger.service", "systemd-pstore.service", "getty.target", "console-getty.service"],
  ...["apt-daily.timer", "apt-daily-upgrade.timer", "dpkg-db-backup.timer", "e2scrub_all.timer", "e2scrub_reap.service", "fstrim.timer"],
  // The first of cloud-init's two searches for metadata, before the network is up. Only a configuration drive could answer it.
  ...["cloud-init-local.service", "cloud-init-hotplugd.socket"],
];

const enabledUnits = [
  ...["containerd.service", "kubelet.service", "ssh.service", "systemd-networkd.service", "systemd-resolved.service"],
  "show-host-keys.service",
];

// Only control planes with a virtual address run these, once they are configured.
const disabledUnits = ["haproxy.service", "keepalived.service"];

/** Files of this folder that every image of a machine has. */
export const filesDir = join(import.meta.dirname, "files");

export interface NodeContents {
  /** Tree of Debian packages. */
  debian: string;
  /** Folders with the executables of Kubernetes and etcd. */
  kubernetes: string;
  etcd: string;
  /** Name of the image that containerd starts each pod with. */
  pauseImage: string;
}

/** Returns the tree of Debian packages of a node. */
export async function nodeDebian(): Promise<string> {
  const { dir } = await cached("node-debian", [JSON.stringify(debian)], (work) => makeDebianTree(debian, join(work, "tree"), work));
  return join(dir, "tree");
}

/** Makes the file tree of a node, without container images, in a folder that must not exist yet. */
export async function makeNodeTree(root: string, contents: NodeContents): Promise<void> {
  await run("cp", ["--archive", "--reflink=auto", contents.debian, root], { deadline: 600 });
  await cp(filesDir, root, { recursive: true });
  await nameSandboxImage(root, contents.pauseImage);
  await forgetMirrors(root);
  await installPrograms(root, contents);
  await configureUnits(root, { enabled: enabledUnits, disabled: disabledUnits });
  await removeIdentity(root);
}

async function nameSandboxImage(root: string, pauseImage: string): Promise<void> {
  const file = join(root, "etc/containerd/config.toml");
  await writeFile(file, (await readFile(file, "utf8")).replace("@pauseImage@", pauseImage));
}

async function installPrograms(root: string, { kubernetes, etcd }: NodeContents): Promise<void> {
  for (const name of ["kubeadm", "kubelet", "kubectl"]) await install(join(kubernetes, name), join(root, "usr/bin", name));
  await install(join(etcd, "etcdctl"), join(root, "usr/local/bin/etcdctl"));
  await installInit(root);
  // The folder in which containerd, the kubelet and Cilium look for CNI plugins. Debian's path stays valid.
  await mkdir(join(root, "opt/cni"), { recursive: true });
  await run("mv", [join(root, "usr/lib/cni"), join(root, "opt/cni/bin")], { deadline: 60 });
  await symlink("/opt/cni/bin", join(root, "usr/lib/cni"));
  for (const folder of ["etc/cni/net.d", "etc/containerd/certs.d", "etc/containerd/conf.d", "etc/kubernetes/manifests"]) {
    await mkdir(join(root, folder), { recursive: true });
  }
}

/** Installs process 1 of an instance, which is a link to systemd until then. */
export async function installInit(root: string): Promise<void> {
  await rm(join(root, "usr/sbin/init"));
  await install(join(import.meta.dirname, "init"), join(root, "usr/sbin/init"));
}

async function install(source: string, target: string): Promise<void> {
  await cp(source, target);
  await chmod(target, 0o755);
}

/** Enables and disables services. Those that no instance can run are masked. */
export async function configureUnits(root: string, units: { enabled: readonly string[]; disabled: readonly string[] }): Promise<void> {
  // The tree's own systemctl, since the machine may have none.
  const systemctl = [root, "systemctl", "--root=/", "--quiet"];
  await run("chroot", [...systemctl, "mask", ...maskedUnits], { deadline: 60 });
  await run("chroot", [...systemctl, "enable", ...units.enabled], { deadline: 60 });
  if (units.disabled.length > 0) await run("chroot", [...systemctl, "disable", ...units.disabled], { deadline: 60 });
  await run("chroot", [...systemctl, "set-default", "multi-user.target"], { deadline: 60 });
}

/** Removes the mirrors and settings with which the tree was made. No machine reaches the mirrors, and the proxy may be this machine's alone. */
export async function forgetMirrors(root: string): Promise<void> {
  const apt = join(root, "etc/apt");
  await rm(join(apt, "apt.conf.d/99mmdebstrap"), { force: true });
  await rm(join(apt, "sources.list.d"), { recursive: true });
  await mkdir(join(apt, "sources.list.d"));
  await writeFile(join(apt, "apt.conf.d/99devcloud"), 'APT::Install-Recommends "false";\n');
}

/** Removes what each instance makes for itself at its first boot. */
export async function removeIdentity(root: string): Promise<void> {
  await writeFile(join(root, "etc/machine-id"), "");
  await writeFile(join(root, "etc/hostname"), "node\n");
  for await (const key of glob("etc/ssh/ssh_host_*", { cwd: root })) await rm(join(root, key));
  await rm(join(root, "etc/resolv.conf"), { force: true });
  await symlink("/run/systemd/resolve/stub-resolv.conf", join(root, "etc/resolv.conf"));
}
