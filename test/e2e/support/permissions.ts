import type { Machine } from "./ssh.ts";

/** Files and folders of a machine by patterns of the shell, and the most that their permission bits may be. */
export type MostOpen = readonly (readonly [most: number, ...patterns: string[]])[];

/** What the CIS benchmark (1.1 and 4.1) asks of every node. */
export const NODE_FILES: MostOpen = [
  [0o600, "/etc/systemd/system/kubelet.service{,.d/*}", "/usr/lib/systemd/system/kubelet.service{,.d/*}"],
  [0o600, "/etc/kubernetes/kubelet.conf", "/var/lib/kubelet/config.yaml", "/var/lib/kubelet/kubeadm-flags.env", "/var/lib/kubelet/pki/*"],
  [0o644, "/etc/kubernetes/pki/ca.crt"],
  [0o600, "/etc/cni/net.d/*"],
];

/** What it asks of control planes, beside that. */
export const CONTROL_PLANE_FILES: MostOpen = [
  [0o600, "/etc/kubernetes/manifests/*", "/etc/kubernetes/*.conf", "/etc/kubernetes/caravan/{*.yaml,patches/*}"],
  [0o700, "/var/lib/etcd"],
  [0o755, "/etc/kubernetes/pki", "/etc/kubernetes/pki/etcd"],
  [0o644, "/etc/kubernetes/pki/{,etcd/}*.{crt,pub}"],
  [0o600, "/etc/kubernetes/pki/{,etcd/}*.key"],
];

/** Files that others than root own, or that are more open than they may be; fails where a line of patterns finds nothing. */
export async function tooOpen({ name, run }: Machine, files: MostOpen): Promise<string[]> {
  const listings = await Promise.all(
    files.map(([, ...patterns]) => run(`bash -O nullglob -c 'stat --format "%a %U:%G %n" -- ${patterns.join(" ")}'`)),
  );
  return files.flatMap(([most], index) =>
    listings[index]!.trim()
      .split("\n")
      .filter((line) => {
        const [mode = "", owner] = line.split(" ");
        return owner !== "root:root" || (Number.parseInt(mode, 8) & ~most) !== 0;
      })
      .map((line) => `${name}: ${line}`),
  );
}
