import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { onDevcloud } from "../../../devcloud/environment.ts";
import { stackOutput } from "../../../devcloud/stack.ts";
import { dataDir } from "../../../devcloud/support/paths.ts";
import type { Cluster } from "./cluster.ts";

/** Machine on which commands run over SSH. */
export interface Machine {
  name: string;
  run: (command: string) => Promise<string>;
}

/** Connects by SSH to the first node of a pool. */
export async function sshOf(cluster: Cluster, pool: string): Promise<Machine> {
  const pools = await stackOutput<Record<string, { name: string; address: string }[]>>(cluster.stack, "pools");
  return sshTo(cluster, pools[pool]![0]!);
}

/** Connects by SSH to a machine, through the bastion or the machine that replaces it. */
export async function sshTo({ stack }: Cluster, { name, address }: { name: string; address: string }): Promise<Machine> {
  const jump = await stackOutput<string>(stack, "sshBastion");
  const key = join(dataDir, `ssh-${stack.name}`);
  const config = join(dataDir, `ssh-${stack.name}.config`);
  await writeFile(key, await stackOutput<string>(stack, "sshPrivateKey"), { mode: 0o600 });
  const settings = ["User root", `IdentityFile ${key}`, "StrictHostKeyChecking no", "UserKnownHostsFile /dev/null", "LogLevel ERROR"];
  await writeFile(config, ["Host jump", `HostName ${jump}`, "ProxyJump none", "Host *", ...settings, "ProxyJump jump"].join("\n"));
  return { name, run: (command) => onDevcloud(["ssh", "-F", config, address, command], { deadline: 60 }) };
}
