import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { onDevcloud } from "../../../devcloud/environment.ts";
import { stackOutput } from "../../../devcloud/stack.ts";
import { dataDir } from "../../../devcloud/support/paths.ts";
import type { Cluster } from "./cluster.ts";

/** SSH to the first node of a pool, through the control plane's floating IP. */
export async function sshOf({ stack }: Cluster, pool: string): Promise<{ name: string; run: (command: string) => Promise<string> }> {
  const pools = await stackOutput<Record<string, { name: string; address: string }[]>>(stack, "pools");
  const node = pools[pool]![0]!;
  const jump = new URL(await stackOutput<string>(stack, "endpoint")).hostname;
  const key = join(dataDir, `ssh-${stack.name}`);
  const config = join(dataDir, `ssh-${stack.name}.config`);
  await writeFile(key, await stackOutput<string>(stack, "sshPrivateKey"), { mode: 0o600 });
  const settings = ["User root", `IdentityFile ${key}`, "StrictHostKeyChecking no", "UserKnownHostsFile /dev/null", "LogLevel ERROR"];
  await writeFile(config, ["Host jump", `HostName ${jump}`, "ProxyJump none", "Host *", ...settings, "ProxyJump jump"].join("\n"));
  return { name: node.name, run: (command) => onDevcloud(["ssh", "-F", config, node.address, command], { deadline: 60 }) };
}
