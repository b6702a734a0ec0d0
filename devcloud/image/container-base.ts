import { glob, mkdir, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { packFolder } from "./archive.ts";
import { cached } from "./cache.ts";
import { makeDebianTree } from "./debian.ts";

// Programs that Cilium's agent and scripts, flannel's daemon and kube-proxy call.
const tree = {
  variant: "extract",
  packages: [
    ...["bash", "clang-19", "coreutils", "dash", "grep", "iproute2", "ipset", "iptables", "kmod", "mount", "nftables", "sed", "util-linux"],
  ],
} as const;

// Cilium compiles BPF programs, which need neither the system's headers nor its libraries. So most of what clang depends on is not needed.
const unneeded = [
  "boot",
  "usr/bin/*-linux-gnu-*",
  "usr/include",
  "usr/lib/gcc",
  "usr/lib/llvm-19/lib/LLVMPolly.so",
  "usr/lib/x86_64-linux-gnu/*.{a,o}",
  "usr/lib/x86_64-linux-gnu/{gconv,gprofng,ldscripts,perl*,libclang-19*,libgprofng*,libbfd*,lib?san.so*,libubsan.so*}",
  "usr/share/{bash-completion,doc,gcc,info,locale,man,perl*,zoneinfo}",
  "var/{cache,lib/dpkg}",
];

// Package scripts would make these links, but they do not run in an extracted tree.
const links = {
  "usr/bin/clang": "clang-19",
  ...Object.fromEntries(
    ["iptables", "ip6tables"].flatMap((name) =>
      ["", "-save", "-restore"].map((suffix) => [`usr/sbin/${name}${suffix}`, "xtables-nft-multi"]),
    ),
  ),
};

/** Returns a tar file with a small Debian, the lowest layer of container images that need more than one static program. */
export async function containerBase(): Promise<string> {
  const inputs = [tree, unneeded, links].map((input) => JSON.stringify(input));
  const { dir } = await cached("container-base", inputs, async (work) => {
    const folder = join(work, "tree");
    await makeDebianTree(tree, folder, work);
    for (const pattern of unneeded) {
      for await (const path of glob(pattern, { cwd: folder })) await rm(join(folder, path), { recursive: true });
    }
    for (const [path, target] of Object.entries(links)) await symlink(target, join(folder, path));
    await mkdir(join(folder, "etc/ssl/certs"), { recursive: true });
    await packFolder(folder, join(work, archiveName));
    await rm(folder, { recursive: true });
  });
  return join(dir, archiveName);
}

const archiveName = "base.tar";
