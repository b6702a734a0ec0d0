import type { Problems } from "../problems.ts";
import type { NodeFile } from "./files.ts";
import type { Sysctls } from "./settings.ts";

const MODULES = ["overlay", "br_netfilter"];

const SYSCTLS: Sysctls = {
  "net.ipv4.ip_forward": 1,
  "net.bridge.bridge-nf-call-iptables": 1,
  // With the kernel's 128, 512 and 1024, nodes in a subnet of 1,000 drop neighbours (seen in OpenAI's and others' large clusters).
  "net.ipv4.neigh.default.gc_thresh1": 4096,
  "net.ipv4.neigh.default.gc_thresh2": 8192,
  "net.ipv4.neigh.default.gc_thresh3": 16384,
  // Values of Kubernetes' own image-builder.
  "fs.inotify.max_user_instances": 8192,
  "fs.inotify.max_user_watches": 524288,
  "vm.overcommit_memory": 1,
  "kernel.panic": 10,
  "kernel.panic_on_oops": 1,
};

/** Makes the files that set the kernel's modules and sysctls at every boot. Given sysctls win over the library's. */
export function kernelSettings(others: Sysctls = {}): NodeFile[] {
  const sysctl = Object.entries({ ...SYSCTLS, ...others }).map(([name, value]) => `${name} = ${value}\n`);
  return [
    { path: "/etc/modules-load.d/caravan.conf", mode: "0644", content: MODULES.map((name) => `${name}\n`).join("") },
    { path: "/etc/sysctl.d/90-caravan.conf", mode: "0644", content: sysctl.join("") },
  ];
}

/** Setting without which kubeadm refuses a machine, because it could not forward the packets of pods. */
const FORWARDING = /^net[./]ipv4[./]ip_forward$/;

/** Checks the sysctls of the kernel. */
export function checkSysctls(sysctls: Sysctls, problems: Problems): void {
  for (const [name, value] of Object.entries(sysctls)) {
    if (!/^[a-z0-9_-]+([./][\w.-]+)+$/i.test(name))
      problems.add(
        `["${name}"]`,
        `"${name}" is not a setting of the kernel; write its name as \`sysctl --all\` does, like net.core.somaxconn`,
      );
    if (FORWARDING.test(name) && String(value) !== "1")
      problems.add(`["${name}"]`, `${JSON.stringify(value)} keeps packets of pods from being forwarded; use 1, or leave it out`);
    if (!/^[^\s=#;][^\r\n]*$/.test(String(value)))
      problems.add(`["${name}"]`, `${JSON.stringify(value)} is not a value; give a number, or a text of one line`);
  }
}
