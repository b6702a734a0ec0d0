import { expect } from "vitest";
import { stackOutput } from "../../../devcloud/stack.ts";
import type { Cluster } from "./cluster.ts";
import { sshTo } from "./ssh.ts";
import type { Writes } from "./writer.ts";

/** Seconds within which a cluster of several control planes must take a write again, whatever is changed. */
const LONGEST_GAP = 15;

/** Checks that a writer never waited long. Prints what the control planes logged while it did. */
export async function expectNoGap(cluster: Cluster, { longestGap, gapFrom }: Writes): Promise<void> {
  if (longestGap >= LONGEST_GAP) console.log(await logsBetween(cluster, gapFrom - 5, gapFrom + longestGap + 5));
  expect(longestGap).toBeLessThan(LONGEST_GAP);
}

/** Returns what etcd, the API servers, the kubelets, haproxy and keepalived logged between two times in seconds since 1970. */
async function logsBetween(cluster: Cluster, from: number, to: number): Promise<string> {
  const [first, last] = [from, to].map((seconds) => new Date(seconds * 1000).toISOString());
  const nodes = await stackOutput<{ name: string; address: string }[]>(cluster.stack, "controlPlanes");
  const pods = `find /var/log/pods -path '*kube-system_etcd-*' -name '*.log' -o -path '*kube-system_kube-apiserver-*' -name '*.log'`;
  const within = `awk -v from=${first} -v to=${last} '$1 >= from && $1 <= to' "$file" | grep -E ' [WEF][0-9]{4} |"(warn|error|fatal|panic)"|leader|elected|Serving|Shutting' | cut -c 1-300 | tail -n 60`;
  const journal = `journalctl --quiet --utc --no-pager --since '@${Math.floor(from)}' --until '@${Math.ceil(to)}' --unit kubelet --unit haproxy --unit keepalived | grep -vE 'I[0-9]{4} ' | cut -c 1-300 | tail -n 60`;
  const command = `${pods} | while read -r file; do echo "--- $file"; ${within}; done; echo "--- journal"; ${journal}`;
  const logs = await Promise.all(
    nodes.map(async (node) => {
      const machine = await sshTo(cluster, node);
      return `=== ${node.name}\n${await machine.run(command).catch((error: Error) => error.message)}`;
    }),
  );
  return `no write from ${first} to ${last}\n${logs.join("\n")}`;
}
