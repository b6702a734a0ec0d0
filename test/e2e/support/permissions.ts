import type { Machine } from "./ssh.ts";

/** Files and folders of a machine by patterns of the shell, with the most permission bits that they may have. */
export type PermissionLimits = readonly (readonly [most: number, ...patterns: string[]])[];

/** Permissions that the CIS benchmark (1.1 and 4.1) requires on every node. */
export const NODE_FILES: PermissionLimits = [
  [0o600, "/etc/systemd/system/kubelet.service{,.d/*}", "/usr/lib/systemd/system/kubelet.service{,.d/*}"],
  [
    0o600,
    "/etc/kubernetes/kubelet.conf",
    "/var/lib/kubelet/config.yaml",
    "/var/lib/kubelet/kubeadm-flags.env",
    "/var/lib/kubelet/pki/*.{pem,key}",
  ],
  [0o644, "/etc/kubernetes/pki/ca.crt"],
  [0o600, "/etc/cni/net.d/*"],
];

/** Further permissions that it requires on control planes. */
export const CONTROL_PLANE_FILES: PermissionLimits = [
  [0o600, "/etc/kubernetes/manifests/*", "/etc/kubernetes/*.conf", "/etc/kubernetes/caravan/{*.yaml,patches/*}"],
  [0o700, "/var/lib/etcd"],
  [0o755, "/etc/kubernetes/pki", "/etc/kubernetes/pki/etcd"],
  [0o644, "/etc/kubernetes/pki/{,etcd/}*.{crt,pub}"],
  [0o600, "/etc/kubernetes/pki/{,etcd/}*.key"],
];

/** Lists files with another owner than root or with more permissions than allowed. Fails when a line of patterns finds nothing. */
export async function tooPermissive(machine: Machine, files: PermissionLimits): Promise<string[]> {
  const found = await Promise.all(files.map(async ([most, ...patterns]) => ({ most, lines: await listing(machine, patterns) })));
  return found.flatMap(({ most, lines }) => lines.filter((line) => !isClosed(line, most)).map((line) => `${machine.name}: ${line}`));
}

/** Lists permission bits, owner and path of the files that the patterns find. */
async function listing({ name, run }: Machine, patterns: readonly string[]): Promise<string[]> {
  const each = '[[ ! -e $path ]] || stat --dereference --format "%a %U:%G %n" "$path"';
  const lines = (await run(`bash -O nullglob -c 'for path in ${patterns.join(" ")}; do ${each}; done'`)).split("\n").filter(Boolean);
  if (lines.length === 0) throw new Error(`${name} has none of ${patterns.join(" ")}`);
  return lines;
}

function isClosed(line: string, most: number): boolean {
  const [mode = "", owner] = line.split(" ");
  return owner === "root:root" && (Number.parseInt(mode, 8) & ~most) === 0;
}
