import { cp, glob, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { nodeDebian } from "../image/node-tree.ts";
import { run } from "../support/run.ts";
import { type KubernetesVersion, toolsOf } from "../toolchain/kubernetes-versions.ts";
import { provide } from "../toolchain/provide.ts";
import { bareTree } from "./bare-tree.ts";
import { type Deb, packDeb } from "./deb.ts";

/** Packages that nodes install from Debian, beside what they depend on. */
export const DEBIAN_PACKAGES = ["containerd", "curl", "ca-certificates", "gpg", "iptables", "conntrack", "ethtool", "socat", "age"];

const units = join(import.meta.dirname, "..", "image", "files", "usr/lib/systemd/system");

/** Packs a version of Kubernetes as the community's packages are, into a folder. */
export async function packKubernetes(version: KubernetesVersion, folder: string): Promise<void> {
  const { kubernetes } = toolsOf(version);
  const [programs, debian] = [await provide([kubernetes]), await nodeDebian()];
  for (const deb of kubernetesDebs(version, programs[kubernetes], join(debian, "usr/lib/cni"))) await packDeb(deb, folder);
}

/** Lists the packages of a version of Kubernetes. `programs` and `plugins` are the folders of its programs and of CNI plugins. */
export function kubernetesDebs(kubernetes: string, programs: string, plugins: string): Deb[] {
  const version = `${kubernetes}-1.1`;
  const program = (name: string) => ({ name, version, executables: [`usr/bin/${name}`] });
  const file = (name: string) => ({ [`usr/bin/${name}`]: join(programs, name) });
  const dropIn = "usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf";
  return [
    { ...program("kubectl"), files: file("kubectl") },
    { ...program("kubeadm"), files: { ...file("kubeadm"), [dropIn]: join(units, "kubelet.service.d/10-kubeadm.conf") } },
    {
      ...program("kubelet"),
      depends: ["iptables", "kubernetes-cni", "iproute2", "mount", "util-linux", "conntrack", "ethtool", "socat"],
      files: { ...file("kubelet"), "usr/lib/systemd/system/kubelet.service": join(units, "kubelet.service") },
    },
    { name: "kubernetes-cni", version: "1.1.1-1.1", files: { "opt/cni/bin": plugins } },
  ];
}

/** Downloads Debian's packages that a bare system does not have, into a folder. */
export async function downloadDebian(folder: string): Promise<void> {
  const cache = join(folder, "cache");
  await mkdir(join(cache, "partial"), { recursive: true });
  const options = {
    "Dir::State::status": join(await bareTree(), "var/lib/dpkg/status"),
    "Dir::Cache::archives": cache,
    "Debug::NoLocking": "true",
    "APT::Sandbox::User": "root",
  };
  const settings = Object.entries(options).map(([name, value]) => `-o${name}=${value}`);
  const install = ["install", "--yes", "--download-only", "--no-install-recommends", ...DEBIAN_PACKAGES];
  await run("apt-get", [...settings, ...install], { deadline: 600 });
  for await (const name of glob("*.deb", { cwd: cache })) await cp(join(cache, name), join(folder, name));
  await rm(cache, { recursive: true });
}
